import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Durations } from './durations.ts'
import type { Job, Outcome } from './job.ts'
import { LANES } from './lane-of.ts'

const tests = join(import.meta.dirname, '../../hub/tests')

const Summary = v.object({
  passed: v.number(),
  failed: v.number(),
  skipped: v.array(v.object({ test: v.string(), reason: v.string() })),
})

export type PythonJobOptions = {
  /** The name in the table, such as `hub/tests on JupyterHub 6.1`. */
  name: string
  /** The command of an interpreter that has JupyterHub. Arguments follow. */
  python: readonly string[]
  /** Parts of the paths of test files. Empty means all. */
  parts: readonly string[]
  /** The directory of hub/tests that has the test files. Default: hub/tests itself. */
  within?: string
  durations: Durations
  /** The directory for the report. */
  directory: string
}

/** The tests of the hub's class, on one Python. */
export const pythonJob = (options: PythonJobOptions): Job => {
  const { name, python, parts, within = '.', durations, directory } = options
  const report = join(directory, `${name.replaceAll(/\W+/g, '-')}.json`)
  return {
    name,
    // These tests wait for ports and processes three quarters of their time.
    ...LANES.light,
    seconds: durations[name] ?? 60,
    needsLab: false,
    command: [...python, tests, '--json', report, '--in', within, ...parts],
    readOutcome: (output) => outcomeOf(report, output),
  }
}

const outcomeOf = (report: string, output: string): Outcome => {
  if (!existsSync(report)) throw new Error('no report')
  const { passed, failed, skipped } = v.parse(Summary, JSON.parse(readFileSync(report, 'utf8')))
  const notes = skipped.map(({ test, reason }) => `Skipped: ${test}: ${reason}`)
  return {
    ...{ passed, failed, skipped: skipped.length, isGood: failed === 0 },
    ...{ failures: failuresIn(output), notes },
  }
}

/** The output of unittest for each failed test. */
export const failuresIn = (output: string): string[] =>
  output.match(/^(FAIL|ERROR): [\s\S]*?(?=\n={70}$|\n-{70}\nRan )/gm) ?? []
