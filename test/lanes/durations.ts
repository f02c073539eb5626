import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

const file = join(import.meta.dirname, 'durations.json')

/** Seconds by name, of a file of tests or a suite: those of the last run that was kept. */
export const Durations = v.record(v.string(), v.number())
export type Durations = v.InferOutput<typeof Durations>

/** What nobody has measured yet is more likely slow: a file is new because somebody tests something new. */
export const UNKNOWN_S = 120

export const readDurations = (): Durations =>
  v.parse(Durations, JSON.parse(readFileSync(file, 'utf8')))

/** Keeps what was measured, and forgets what there is no more. */
export const keepDurations = (measured: Durations): void => {
  const entries = Object.entries(measured).map(([name, s]) => [name, Math.round(s)] as const)
  const sorted = Object.fromEntries(entries.filter(([, s]) => s > 0).sort())
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`)
}
