import { invalid } from './entries.ts'

/**
 * Reads an amount of memory into bytes. JupyterHub's `'1.5G'` and docker-py's `'64m'` or `'64mb'` are multiples
 * of 1024. A value that is not a text is returned as it is; the spec's schema judges it later.
 */
export const BYTES = /^(\d+(?:\.\d+)?|\.\d+) *(?:([KkMmGgTt])[Ii]?)?[Bb]?$/

/** What an amount of bytes may be, for refusals. */
export const BYTES_WORDS = "a number of bytes, or a text such as '2G'"

const UNITS = 'KMGT'

/** Reads a text such as `1.5G` into a whole number of bytes; undefined where it is no amount. */
export const parseBytes = (text: string): number | undefined => {
  const [, number, unit] = BYTES.exec(text) ?? []
  if (number === undefined) return undefined
  const power = unit === undefined ? 0 : UNITS.indexOf(unit.toUpperCase()) + 1
  return Math.round(Number(number) * 1024 ** power)
}

/** Reads a setting's amount of memory into bytes. What is no text is left for the spec's schema to judge. */
export const bytes = (input: unknown, at: string): unknown => {
  if (typeof input !== 'string') return input
  const amount = parseBytes(input)
  if (amount === undefined) throw invalid(at, `must be ${BYTES_WORDS}`)
  return amount
}
