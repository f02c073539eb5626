/** One line of the table: a number that must not be above its limit. */
export type Row = {
  what: string
  measured: number
  limit: number
  unit: 'times' | 'ms' | '% of a core' | 'calls' | 'requests' | 'servers' | 'MB' | 'KiB'
  /** The numbers that `measured` was made of, for people. */
  from: string
  ok: boolean
}

/** Judges a number by the most that it may be. */
export const atMost = (limit: number, row: Omit<Row, 'limit' | 'ok'>): Row => ({
  ...row,
  limit,
  ok: row.measured <= limit,
})
