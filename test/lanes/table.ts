import type { JobResult } from './job.ts'

type Row = Pick<JobResult, 'name' | 'passed' | 'failed' | 'skipped' | 'seconds'>

const HEAD = ['seconds by file', 'passed', 'failed', 'skipped', 'seconds']

/** Lines of a table of all jobs, the slowest first. */
export const secondsTable = (rows: readonly Row[]): string => {
  const cells = rows
    .toSorted((a, b) => b.seconds - a.seconds)
    .map(({ name, passed, failed, skipped, seconds }) => [
      name,
      ...[passed, failed, skipped, Math.round(seconds)].map(String),
    ])
  const lines = [HEAD, ...cells]
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return lines.map((line) => line.map(pad).join('  ')).join('\n')
}

/** The last line of a run. If the run is not good, it never says that nothing failed. */
export const summary = (rows: readonly Row[], isGood: boolean): string => {
  const sum = (of: (row: Row) => number) => rows.map(of).reduce((a, b) => a + b, 0)
  const failed = sum((row) => row.failed)
  return `${sum((row) => row.passed)} passed, ${isGood ? failed : Math.max(failed, 1)} failed, ${sum((row) => row.skipped)} skipped`
}
