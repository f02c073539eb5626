import { invalid } from './entries.ts'

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/**
 * Reads a duration into the Engine's nanoseconds. It may be `'1m30s'`, as in the docker CLI, or a number of
 * nanoseconds.
 */
export const nanoseconds = (input: unknown, at: string): number => {
  if (typeof input === 'string') return parseDuration(input, at)
  if (typeof input !== 'number' || !Number.isSafeInteger(input) || input < 0)
    throw invalid(at, "must be a duration: '10s', or a whole number of nanoseconds")
  if (input > 0 && input < 1e6)
    throw invalid(
      at,
      `${input} ns is too short to be meant: write nanoseconds, or a text such as '${input}s'`,
    )
  return input
}

const parseDuration = (text: string, at: string): number => {
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text))
    throw invalid(at, "must be a duration such as '10s' or '1m30s'")
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)]
  const sum = parts.reduce((ns, [, n, unit]) => ns + Number(n) * (NANOSECONDS[unit ?? ''] ?? 0), 0)
  return Math.round(sum)
}
