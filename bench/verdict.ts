import type { Row } from './row.ts'

/** The exit code of a bench: 1 if a limit is missed, or if nothing was measured. */
export const exitCodeOf = (rows: readonly Row[]): number =>
  rows.length > 0 && rows.every(({ ok }) => ok) ? 0 : 1
