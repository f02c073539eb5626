import type { Row } from './row.ts'

/** The exit code of a bench: 1 where a limit is missed, or where nothing was measured at all. */
export const exitCodeOf = (rows: readonly Row[]): number =>
  rows.length > 0 && rows.every(({ ok }) => ok) ? 0 : 1
