import * as v from 'valibot'
import { constraintRefusal } from '../../docker/constraints.ts'
import { lastWins } from './assemble-spec.ts'
import { asList, type Entry, invalid, readFields, type Spellings, spellingOf } from './entries.ts'
import { readEach } from './read-each.ts'

/** The Engine's fields of a Placement, each with docker-py's names for it. */
export const PLACEMENT: Spellings = {
  Constraints: ['constraints'],
  Preferences: ['preferences'],
  MaxReplicas: ['max_replicas', 'maxreplicas'],
  Platforms: ['platforms'],
}
/** The Engine's fields of a Platform, and docker-py's names for them. */
export const PLATFORM: Spellings = { Architecture: ['architecture', 'arch'], OS: ['os'] }

/** Reads `placement`: a list of constraints, one alone, or a dict of constraints, preferences, platforms and max_replicas. */
export const readPlacement = (input: unknown, at: string): Entry[] => {
  const isList = Array.isArray(input) || typeof input === 'string'
  const fields = isList ? { Constraints: input } : readFields(input, PLACEMENT, at)
  return readEach(Object.entries(fields), ([field, value]) => {
    const from = isList ? at : `${at}.${spellingOf(input, PLACEMENT, field)}`
    return {
      path: ['TaskTemplate', 'Placement', field],
      value: field === 'Constraints' ? readConstraints(value, from) : readField(field, value, at),
      from,
    }
  })
}

/** Refuses what the Engine would refuse with a 500. */
const readConstraints = (input: unknown, at: string): unknown[] =>
  readEach(asList(input), (item, index) => {
    const path = Array.isArray(input) ? `${at}.${index}` : at
    if (typeof item !== 'string') throw invalid(path, "must be a text such as 'node.role==worker'")
    const why = constraintRefusal(item)
    if (why !== undefined) throw invalid(path, why)
    return item
  })

/**
 * The user's entries, with the admin's constraints added before the user's own. A user can add constraints, but
 * cannot remove any.
 */
export const addConstraints = (user: readonly Entry[], admin: readonly Entry[]): Entry[] => {
  const kept = lastWins(admin).find(isConstraints)
  if (!kept) return [...user]
  return user.map((entry) =>
    isConstraints(entry)
      ? {
          ...entry,
          value: [...asList(kept.value), ...asList(entry.value)],
          from: `${kept.from}, ${entry.from}`,
        }
      : entry,
  )
}

const isConstraints = ({ path }: Entry): boolean =>
  path.join('.') === 'TaskTemplate.Placement.Constraints'

const readField = (field: string, value: unknown, at: string): unknown => {
  if (field === 'Preferences') return asList(value).map((item) => readPreference(item, at))
  if (field === 'Platforms') return asList(value).map((item) => readPlatform(item, at))
  return value
}

/**
 * Reads a preference: `'spread=node.labels.rack'` as in the docker CLI, `['spread', 'node.labels.rack']` as in
 * docker-py, or the Engine's object.
 */
const readPreference = (input: unknown, at: string): unknown => {
  if (v.is(SpreadPreference, input)) return input
  const parts = typeof input === 'string' ? input.split('=') : input
  const [strategy, descriptor] = Array.isArray(parts) ? parts : []
  if (strategy !== 'spread' || typeof descriptor !== 'string' || descriptor === '')
    throw invalid(
      `${at}.preferences`,
      "must be 'spread=node.labels.<label>'; spread is Swarm's only strategy",
    )
  return { Spread: { SpreadDescriptor: descriptor } }
}

const SpreadPreference = v.strictObject({
  Spread: v.strictObject({ SpreadDescriptor: v.pipe(v.string(), v.minLength(1)) }),
})

/** Reads a platform: `'linux/amd64'`, docker-py's `['amd64', 'linux']`, or the Engine's object. */
const readPlatform = (input: unknown, at: string): unknown => {
  if (typeof input === 'string') {
    const [OS, Architecture] = input.split('/')
    return { Architecture, OS }
  }
  if (!Array.isArray(input)) return readFields(input, PLATFORM, `${at}.platforms`)
  const [Architecture, OS] = input
  if (typeof Architecture !== 'string' || typeof OS !== 'string')
    throw invalid(`${at}.platforms`, "must be 'linux/amd64', or ['amd64', 'linux']")
  return { Architecture, OS }
}
