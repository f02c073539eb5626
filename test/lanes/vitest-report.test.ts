import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { durationsIn, failuresOf, outcomeOf, type Report } from './vitest-report.ts'

const passed = { status: 'passed', fullName: 'a server starts', failureMessages: [] }
const failed = { status: 'failed', fullName: 'a server stops', failureMessages: ['Error: it runs'] }
const file = {
  name: resolve('test/live/real-b.test.ts'),
  ...{ startTime: 1000, endTime: 3500, status: 'passed', message: '' },
  assertionResults: [passed],
}
const reportOf = (testResults: Report['testResults']): Report => ({
  ...{ numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 2, success: true },
  testResults,
})

test('the outcome counts tests that are skipped or to be written as skipped', () => {
  expect(outcomeOf(reportOf([file]))).toMatchObject({
    ...{ passed: 3, failed: 0, skipped: 3, isGood: true, failures: [] },
  })
})

test('each failed test is told with its file, its title and its message', () => {
  const bad = { ...file, status: 'failed', assertionResults: [passed, failed] }
  expect(failuresOf(reportOf([file, bad]))).toEqual([
    'test/live/real-b.test.ts > a server stops\nError: it runs',
  ])
})

test('a file whose tests could not be read is told, too', () => {
  const bad = { ...file, status: 'failed', message: 'SyntaxError', assertionResults: [] }
  expect(failuresOf(reportOf([bad]))).toEqual(['test/live/real-b.test.ts\nSyntaxError'])
})

test('a file whose set-up failed is told beside its tests, which were skipped', () => {
  const skipped = { ...passed, status: 'skipped' }
  const bad = { ...file, status: 'failed', message: 'no Engine', assertionResults: [skipped] }
  expect(failuresOf(reportOf([bad]))).toEqual(['test/live/real-b.test.ts\nno Engine'])
})

test('durations of a report are in seconds', () => {
  expect(durationsIn(reportOf([file]))).toEqual({ 'test/live/real-b.test.ts': 2.5 })
})
