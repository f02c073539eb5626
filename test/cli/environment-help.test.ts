import { expect, test } from 'vitest'
import { environmentHelp } from '../../cli/environment-help.ts'
import { ENVIRONMENT } from '../../handlers/settings/variables.ts'

test('every variable has its line, below the title of its group', () => {
  const help = environmentHelp(ENVIRONMENT)
  for (const { title, variables } of ENVIRONMENT) {
    const [, part = ''] = help.split(`${title}:\n`)
    const [group = ''] = part.split('\n\n')
    const names = [...group.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name)
    expect(names).toEqual(variables.map(({ name }) => name))
  }
})

test('the help is plain text, as wide as it is told', () => {
  const lines = environmentHelp(ENVIRONMENT, 100).split('\n')
  expect(lines.join('')).not.toMatch(/[`…]/)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100)
  expect(environmentHelp(ENVIRONMENT, 80).split('\n').length).toBeGreaterThan(lines.length)
})
