import { expect, test } from 'vitest'
import { secondsTable, summary } from './table.ts'

const row = { passed: 12, failed: 0, skipped: 0 }
const rows = [
  { ...row, name: 'quick.test.ts', seconds: 1.4 },
  { ...row, name: 'slow-one.test.ts', seconds: 321.2, failed: 2, skipped: 1 },
]

test('the table has a line for each job, the slowest first', () => {
  expect(secondsTable(rows).split('\n')).toEqual([
    'seconds by file   passed  failed  skipped  seconds',
    'slow-one.test.ts      12       2        1      321',
    'quick.test.ts         12       0        0        1',
  ])
})

test('the summary adds all jobs', () => {
  expect(summary(rows, false)).toBe('24 passed, 2 failed, 1 skipped')
})

test('the summary of a run that is not good never says that nothing failed', () => {
  expect(summary([{ ...row, name: 'a', seconds: 1 }], false)).toBe('12 passed, 1 failed, 0 skipped')
  expect(summary([], false)).toBe('0 passed, 1 failed, 0 skipped')
})
