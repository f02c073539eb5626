import * as v from 'valibot'
import { BYTES, bytes } from '../settings/bytes.ts'
import { nanoseconds } from '../settings/durations.ts'

const SIZE = "bytes, or a text such as '16G'"
const DURATION = "a duration such as '10s' or '1m30s'"

/** A number of things; larger ones than JSON carries exactly are mistakes. */
export const Count = v.pipe(
  v.number(),
  v.integer('a whole number'),
  v.minValue(0),
  v.maxValue(Number.MAX_SAFE_INTEGER),
)

/** A Count with words for it. */
export const countOf = (description: string) => v.pipe(Count, v.description(description))

/** A text that is not nothing, and yet is read as 0 or as more than a number can be, is a mistake. */
const isRead = (amount: number, text: string): boolean =>
  Number.isSafeInteger(amount) && (amount > 0 || !/[1-9]/.test(text))

/** Bytes, or a text such as `16G`; read into a number. */
export const sizeOf = (description: string) =>
  v.pipe(
    v.union([Count, v.pipe(v.string(), v.regex(BYTES, SIZE))]),
    v.description(description),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): number => {
      const amount = Number(bytes(value, ''))
      if (isRead(amount, String(value))) return amount
      addIssue({ expected: `${SIZE}, and a whole number of bytes` })
      return NEVER
    }),
  )

/** A duration as the docker CLI writes it; read into nanoseconds. */
export const durationOf = (description: string) =>
  v.pipe(
    v.pipe(v.string(), v.regex(/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/, DURATION)),
    v.description(description),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): number => {
      const amount = nanoseconds(value, '')
      if (isRead(amount, value)) return amount
      addIssue({ expected: `${DURATION}, and a whole number of nanoseconds` })
      return NEVER
    }),
  )

/** The Engine's smallest share of a CPU (swarmkit, manager/controlapi/service.go). */
const LEAST_CPUS = 0.001
/** More than any swarm has; as billionths it is still an exact number. */
const MOST_CPUS = 1e6

/** CPUs, which may be parts of one; 0 is none. */
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
