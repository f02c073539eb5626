import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'
import { FAMILIES } from './attempts.ts'
import { USER_ROWS } from './hostile-user.ts'

const familiesOf = (names: readonly string[]) =>
  names.map((name) => {
    const found = FAMILIES.find(({ family }) => family === name)
    if (!found) throw new Error(`no family is called "${name}"`)
    return found
  })

test.each(USER_ROWS)('$thing: attempts show what a user can, and what they can not', (row) => {
  const families = familiesOf(row.families)
  for (const { attempts } of families)
    expect(attempts.some(({ options }) => options !== undefined)).toBe(true)
  expect(families.some(({ control }) => control !== undefined)).toBe(true)
})

test('every family of attempts by user options is in one row', () => {
  const named = USER_ROWS.flatMap(({ families }) => families).sort()
  const tried = FAMILIES.filter(({ attempts }) =>
    attempts.some(({ options }) => options !== undefined),
  )
  expect(named).toEqual(tried.map(({ family }) => family).sort())
})

test('the table in docs/security.md has these rows, and no others', () => {
  const page = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8')
  const [, table = ''] = page.split(
    "\n| what | a user can have | a user can't have |\n|---|---|---|\n",
  )
  const lines = USER_ROWS.map(({ thing, can, cannot }) => `| ${thing} | ${can} | ${cannot} |`)
  expect(table.split('\n\n', 1)[0]?.split('\n')).toEqual(lines)
})
