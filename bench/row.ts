/** One line of the table: a number with its upper limit. */
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
  /** The numbers behind `measured`, for people. */
  from: string
  /** How many times, calls or bytes are behind `measured`. */
  seen: number
  ok: boolean
}

/** Judges a number by its upper limit. A number with nothing behind it is not ok, however small it is. */
export const atMost = (limit: number, row: Omit<Row, 'limit' | 'ok'>): Row => ({
  ...row,
  limit,
  ok: row.seen > 0 && row.measured <= limit,
})
