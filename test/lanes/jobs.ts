import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Durations, UNKNOWN_S } from './durations.ts'
import type { Job } from './job.ts'
import { laneOf } from './lane-of.ts'
import { outcomeOf, readReport } from './vitest-report.ts'
import { type Asked, filtersOf } from './which-tests.ts'

const root = resolve(import.meta.dirname, '../..')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')

export type JobsOptions = {
  asked: Asked
  durations: Durations
  /** The directory for reports. */
  directory: string
}

export const UNIT_SUITE = 'unit suite'

/** The unit suite, in one process with several workers. It measures coverage when all of it runs. */
export const unitJob = (files: readonly string[], options: JobsOptions): Job => {
  const { asked, durations } = options
  const isAll = asked.paths.length + asked.options.length === 0
  const filters = isAll ? ['--coverage'] : files.flatMap((file) => filtersOf(file, asked))
  return {
    name: UNIT_SUITE,
    stage: 'first',
    width: 1,
    seconds: durations[UNIT_SUITE] ?? UNKNOWN_S,
    needsLab: false,
    ...vitestRun('unit*', UNIT_SUITE, filters, options),
  }
}

/** One test file, in its own process and lane. */
export const fileJob = (project: 'slow' | 'real', file: string, options: JobsOptions): Job => ({
  name: file,
  ...laneOf(file, readFileSync(join(root, file), 'utf8')),
  seconds: options.durations[file] ?? UNKNOWN_S,
  needsLab: project === 'real',
  ...vitestRun(project, file, filtersOf(file, options.asked), options),
})

/** The file of vitest's report for a job. */
export const reportFile = (directory: string, name: string): string =>
  join(directory, `${name.replaceAll(/\W+/g, '-')}.json`)

const vitestRun = (
  project: string,
  name: string,
  filters: readonly string[],
  { asked, directory }: JobsOptions,
): Pick<Job, 'command' | 'readOutcome'> => {
  const report = reportFile(directory, name)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = ['run', '--project', project, ...reporters, ...asked.options, ...filters]
  return {
    command: [process.execPath, vitest, ...args],
    readOutcome: () => outcomeOf(readReport(report)),
  }
}
