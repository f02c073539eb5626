import { invalid } from './entries.ts'

const POWER: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 }

/**
 * Reads an amount of memory into bytes: JupyterHub's `'1.5G'` and docker-py's `'64m'` or `'64mb'` are multiples
 * of 1024; what is no text is left for the spec's schema to judge.
 */
export const bytes = (input: unknown, at: string): unknown => {
  if (typeof input !== 'string') return input
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(input) ?? []
  if (number === undefined) throw invalid(at, "must be bytes, or a text such as '512M' or '1.5G'")
  return Math.round(Number(number) * 1024 ** (POWER[unit.toUpperCase()] ?? 0))
}
