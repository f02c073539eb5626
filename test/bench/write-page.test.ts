import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withOutput } from '../../bench/write-page.ts'

const page = 'before\n<!-- npm run a -->\n\nold\n\n<!-- end of npm run a -->\nafter\n'

test('an output takes the place of the one before, and the rest of the page stays', () => {
  const written = withOutput(page, 'npm run a', 'new')
  expect(written).toBe(page.replace('old', 'new'))
  expect(withOutput(written, 'npm run a', 'new')).toBe(written)
})

test('a page without a place for the command is refused', () => {
  expect(() => withOutput(page, 'npm run b', 'new')).toThrow('<!-- npm run b -->')
})

test('docs/performance.md has a place for both benches', () => {
  const performance = readFileSync('docs/performance.md', 'utf8')
  for (const command of ['npm run bench', 'npm run bench:hub'])
    expect(withOutput(performance, command, 'the table')).toContain('the table')
})
