import { matchesGlob } from 'node:path'
import { expect, test } from 'vitest'
import { OF_NO_HUB, partsFor } from './python-parts.ts'
import { filesOf } from './test-files.ts'

const files = filesOf(['hub/tests/test_*.py'])
const start = 'hub/tests/test_start.py'

test('every test file runs on the oldest and on the newest JupyterHub', () => {
  expect(partsFor(5, files).map((parts) => parts.length === files.length)).toEqual([
    true,
    false,
    false,
    false,
    true,
  ])
  expect(partsFor(1, files)).toEqual([files])
})

test('what has little to do with JupyterHub does not run on those between', () => {
  const [, between = []] = partsFor(3, files)
  const leftOut = files.filter((file) => !between.includes(file))
  expect(between).toContain(start)
  expect(leftOut).toContain('hub/tests/test_migrate_text.py')
  expect(leftOut).toContain('hub/tests/test_packaging.py')
  for (const pattern of OF_NO_HUB)
    expect(files.some((file) => matchesGlob(file, pattern))).toBe(true)
})

test('a JupyterHub for which nothing is left has no files', () => {
  expect(partsFor(3, ['hub/tests/test_homes.py']).map((parts) => parts.length)).toEqual([1, 0, 1])
})
