import * as v from 'valibot'
import { BYTES, bytes } from '../settings/bytes.ts'
import { nanoseconds } from '../settings/durations.ts'

const SIZE = "bytes, or a text such as '16G'"
const DURATION = "a duration such as '10s' or '1m30s'"

/** A number of things. A number that JSON cannot carry exactly must be a mistake. */
export const Count = v.pipe(
  v.number(),
  v.integer('a whole number'),
  v.minValue(0),
  v.maxValue(Number.MAX_SAFE_INTEGER),
)

/** A Count with a description. */
export const countOf = (description: string) => v.pipe(Count, v.description(description))

/**
 * Returns whether the amount is what the text says. A text with digits above 0 that gives 0, or a number that
 * is too large, must be a mistake.
 */
const isRead = (amount: number, text: string): boolean =>
  Number.isSafeInteger(amount) && (amount > 0 || !/[1-9]/.test(text))

/** A schema for bytes or a text such as `16G`. It returns the number of bytes. */
export const sizeOf = (description: string) =>
  v.pipe(
    v.union([Count, v.pipe(v.string(), v.regex(BYTES, SIZE))], SIZE),
    v.description(description),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): number => {
      const amount = Number(bytes(value, ''))
      if (isRead(amount, String(value))) return amount
      addIssue({ expected: `${SIZE}, and a whole number of bytes` })
      return NEVER
    }),
  )

/** A schema for a duration in the docker CLI's form. It returns nanoseconds. */
export const durationOf = (description: string) =>
  v.pipe(
    v.pipe(v.string(DURATION), v.regex(/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/, DURATION)),
    v.description(description),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): number => {
      const amount = nanoseconds(value, '')
      if (isRead(amount, value)) return amount
      addIssue({ expected: `${DURATION}, and a whole number of nanoseconds` })
      return NEVER
    }),
  )

/** The smallest share of a CPU that the Engine accepts (swarmkit, manager/controlapi/service.go). */
const LEAST_CPUS = 0.001
/** More CPUs than any swarm has. In billionths it is still an exact number. */
const MOST_CPUS = 1e6

/** A schema for CPUs, also parts of one. 0 means none. */
export const cpusOf = (description: string) =>
  v.pipe(
    v.number(),
    v.minValue(0),
    v.maxValue(MOST_CPUS),
    v.description(description),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): number => {
      if (value === 0 || value >= LEAST_CPUS) return value
      addIssue({ expected: `0, or at least ${LEAST_CPUS}` })
      return NEVER
    }),
  )
