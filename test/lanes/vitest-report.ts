import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import * as v from 'valibot'
import type { Durations } from './durations.ts'
import type { Outcome } from './job.ts'

const root = resolve(import.meta.dirname, '../..')

/** The part of vitest's JSON report that we read. */
export const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  success: v.boolean(),
  testResults: v.array(
    v.object({
      name: v.string(),
      startTime: v.number(),
      endTime: v.number(),
      status: v.string(),
      message: v.optional(v.string(), ''),
      assertionResults: v.array(
        v.object({
          status: v.string(),
          fullName: v.string(),
          failureMessages: v.nullish(v.array(v.string()), []),
        }),
      ),
    }),
  ),
})
export type Report = v.InferOutput<typeof Report>

/** Reads a report. Throws if vitest has written none. */
export const readReport = (file: string): Report =>
  v.parse(Report, JSON.parse(readFileSync(file, 'utf8')))

export const outcomeOf = (report: Report): Outcome => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  skipped: report.numPendingTests + report.numTodoTests,
  isGood: report.success,
  failures: failuresOf(report),
  notes: [],
})

/** The path of a file from the project's root. */
export const pathOf = (name: string): string => relative(root, name)

/** Each failed test with its message, and each file that could not be read. */
export const failuresOf = ({ testResults }: Report): string[] =>
  testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    const own = failed.map(
      (test) => `${pathOf(name)} > ${test.fullName}\n${(test.failureMessages ?? []).join('\n')}`,
    )
    return own.length === 0 && status === 'failed' ? [`${pathOf(name)}\n${message}`] : own
  })

/** How long each file took. */
export const durationsIn = ({ testResults }: Report): Durations =>
  Object.fromEntries(
    testResults.map(({ name, startTime, endTime }) => [pathOf(name), (endTime - startTime) / 1000]),
  )
