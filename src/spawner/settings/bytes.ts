import { invalid } from './entries.ts'

/**
 * An amount of bytes as a text, for JSON schemas too: what JupyterHub (`1.5G`), docker (`512m`, `64mb`, `16 GiB`) and
 * Kubernetes (`16Gi`) write, in any case. All units are powers of 1024.
 */
export const BYTES = /^(\d+(?:\.\d+)?|\.\d+) *(?:([KkMmGgTt])[Ii]?)?[Bb]?$/

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
  if (amount === undefined) throw invalid(at, "must be bytes, or a text such as '512M' or '1.5G'")
  return amount
}
