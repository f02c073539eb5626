import { SpawnError } from '../errors.ts'

/** One value of the service spec: its path in the spec, and the setting that it came from. */
export type Entry = {
  path: readonly string[]
  value: unknown
  from: string
  /** Whether a user typed a part of an admin's value, as a profile's `unlisted_choice` lets them. */
  isTyped?: boolean
  /** How many items of a list, the first ones, are of this setting; the others are of a layer below. Undefined: all. */
  ownItems?: number
}

/** The path of the container's fields in the spec. */
export const CONTAINER = ['TaskTemplate', 'ContainerSpec'] as const

/**
 * The error for one setting that is refused. `at` is the setting's name, as the hub admin or the user wrote it.
 */
export const invalid = (at: string, message: string): SpawnError =>
  new SpawnError('invalid_config', `${at}: ${message}`, [{ path: at, message }])

/** The Engine's fields, each with the other names that a setting may use for it. */
export type Spellings = Readonly<Record<string, readonly string[]>>

/**
 * Reads an object whose keys may have several spellings. It refuses unknown keys and ignores null (Python's
 * None).
 */
export const readFields = (
  input: unknown,
  spellings: Spellings,
  at: string,
): Record<string, unknown> => {
  const fieldOf = new Map<string, string>()
  for (const field of Object.keys(spellings))
    for (const spelling of [field, ...(spellings[field] ?? [])]) fieldOf.set(spelling, field)
  const fields = new Map<string, unknown>()
  const spelt = new Map<string, string>()
  for (const [key, value] of Object.entries(asObject(input, at))) {
    const field = fieldOf.get(key)
    if (field === undefined)
      throw invalid(
        `${at}.${key}`,
        `not a setting; the settings are ${[...fieldOf.keys()].join(', ')}`,
      )
    if (value === null) continue
    const other = spelt.get(field)
    if (other !== undefined) throw invalid(`${at}.${key}`, `given twice, also as ${other}`)
    spelt.set(field, key)
    fields.set(field, value)
  }
  return Object.fromEntries(fields)
}

/** The spelling of a field in the input, for messages. */
export const spellingOf = (input: unknown, spellings: Spellings, field: string): string =>
  [field, ...(spellings[field] ?? [])].find((key) => key in asObject(input, field)) ?? field

/**
 * Says whether a value is null or an empty text, list or dict. Templates and forms send these for what a person leaves
 * alone. `0` and `false` are values.
 */
export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0)

/** Reads an object. Throws if the value is none. */
export const asObject = (input: unknown, at: string): Record<string, unknown> => {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid(at, 'must be a dict')
  return { ...input }
}

/** Reads a list. A single value counts as a list of one. */
export const asList = (input: unknown): readonly unknown[] =>
  Array.isArray(input) ? input : [input]
