import { invalid } from './entries.ts'

const CPUS = /^ *(\d+(?:\.\d+)?|\.\d+) *$/

/** The least that the Engine takes, in billionths of a CPU: 0.001 CPU. Nobody has as many whole CPUs. */
export const MIN_NANO_CPUS = 1e6

/** What a number of CPUs may be, for refusals. */
export const CPU_WORDS = "a number of CPUs, such as 0.5 or '0.5'"
/** The same where a number means billionths. */
export const NANO_CPU_WORDS =
  "a number of billionths of a CPU (1000000000 is one), or a text of CPUs such as '0.5'"

const parseCpus = (text: string): number | undefined => {
  const [, number] = CPUS.exec(text) ?? []
  return number === undefined ? undefined : Number(number)
}

/** Reads JupyterHub's number of CPUs, also as a text, into billionths. */
export const nanoCpusOf = (input: number | string, at: string): number => {
  const cpus = typeof input === 'string' ? parseCpus(input) : input
  if (cpus === undefined) throw invalid(at, `must be ${CPU_WORDS}`)
  return Math.round(cpus * 1e9)
}

/**
 * Reads an amount of the Engine's, billionths of a CPU. A text is a number of CPUs, or of billionths where it is too large for
 * that. What is no text is left for the spec's schema to judge.
 */
export const nanoCpus = (input: unknown, at: string): unknown => {
  if (typeof input !== 'string') return input
  const number = parseCpus(input)
  if (number === undefined) throw invalid(at, `must be ${NANO_CPU_WORDS}`)
  return number < MIN_NANO_CPUS ? Math.round(number * 1e9) : number
}
