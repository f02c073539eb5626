/** One line of the table: a number that must not be above its limit. */
export type Row = {
  what: string
  measured: number
  limit: number
  unit:
    | 'times'
    | 'ms'
    | '% of a core'
    | 'calls'
    | 'entries'
    | 'requests'
    | 'servers'
    | 'MB'
    | 'threads'
    | 'KiB'
  /** The numbers that `measured` was made of, for people. */
  from: string
  /** How many times, calls or bytes `measured` was made of. */
  seen: number
  ok: boolean
}

/** Judges a number by the most that it may be. A number that was made of nothing is not ok, however small it is. */
export const atMost = (limit: number, row: Omit<Row, 'limit' | 'ok'>): Row => ({
  ...row,
  limit,
  ok: row.seen > 0 && row.measured <= limit,
})
