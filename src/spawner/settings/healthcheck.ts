import { nanoseconds } from './durations.ts'
import { readFields, type Spellings, spellingOf } from './entries.ts'

/** The Engine's fields of a health check, each with docker-py's names for it. */
export const HEALTHCHECK: Spellings = {
  Test: ['test'],
  Interval: ['interval'],
  Timeout: ['timeout'],
  Retries: ['retries'],
  StartPeriod: ['start_period'],
  StartInterval: ['start_interval'],
}

/** Reads a health check: its command alone, or a dict. Its durations are texts such as `'30s'`, or nanoseconds. */
export const readHealthcheck = (input: unknown, at: string): unknown =>
  typeof input === 'string' ? { Test: readTest(input) } : readDict(input, at)

const readDict = (input: unknown, at: string): unknown =>
  Object.fromEntries(
    Object.entries(readFields(input, HEALTHCHECK, at)).map(([field, value]) => [
      field,
      readHealthField(field, value, `${at}.${spellingOf(input, HEALTHCHECK, field)}`),
    ]),
  )

const readHealthField = (field: string, value: unknown, at: string): unknown => {
  if (field === 'Retries') return value
  if (field === 'Test') return typeof value === 'string' ? readTest(value) : value
  return nanoseconds(value, at)
}

/** `NONE` switches off the check of the image. */
const readTest = (text: string): string[] => (text === 'NONE' ? ['NONE'] : ['CMD-SHELL', text])
