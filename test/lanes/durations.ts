import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

const file = join(import.meta.dirname, 'durations.json')

/** Seconds by name, for a test file or a suite, from the last run that was kept. */
export const Durations = v.record(v.string(), v.number())
export type Durations = v.InferOutput<typeof Durations>

/** 120 s for a file that nobody has measured: a new file is more likely slow. */
export const UNKNOWN_S = 120

export const readDurations = (): Durations =>
  v.parse(Durations, JSON.parse(readFileSync(file, 'utf8')))

/** Stores the measured durations, and drops files that do not exist any more. */
export const keepDurations = (measured: Durations): void => {
  const entries = Object.entries(measured).map(([name, s]) => [name, Math.round(s)] as const)
  const sorted = Object.fromEntries(entries.filter(([, s]) => s > 0).sort())
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`)
}
