import { lastWins } from './assemble-spec.ts'
import { asList, type Entry, invalid, readFields, type Spellings, spellingOf } from './entries.ts'

/** The Engine's fields of a Placement, each with docker-py's names for it. */
export const PLACEMENT: Spellings = {
  Constraints: ['constraints'],
  Preferences: ['preferences'],
  MaxReplicas: ['max_replicas', 'maxreplicas'],
  Platforms: ['platforms'],
}
const PLATFORM: Spellings = { Architecture: ['architecture', 'arch'], OS: ['os'] }

/** Reads `placement`: a list of constraints, or a dict of constraints, preferences, platforms and max_replicas. */
export const readPlacement = (input: unknown, at: string): Entry[] => {
  const fields = Array.isArray(input) ? { Constraints: input } : readFields(input, PLACEMENT, at)
  return Object.entries(fields).map(([field, value]) => ({
    path: ['TaskTemplate', 'Placement', field],
    value: readField(field, value, at),
    from: Array.isArray(input) ? at : `${at}.${spellingOf(input, PLACEMENT, field)}`,
  }))
}

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
  return field === 'Constraints' ? asList(value) : value
}

/**
 * Reads a preference: `'spread=node.labels.rack'` as in the docker CLI, `['spread', 'node.labels.rack']` as in
 * docker-py, or the Engine's object.
 */
const readPreference = (input: unknown, at: string): unknown => {
  if (typeof input === 'object' && !Array.isArray(input)) return input
  const [strategy, descriptor] = Array.isArray(input) ? input : String(input).split('=')
  if (strategy !== 'spread' || !descriptor)
    throw invalid(
      `${at}.preferences`,
      "must be 'spread=node.labels.<label>'; spread is Swarm's only strategy",
    )
  return { Spread: { SpreadDescriptor: descriptor } }
}

/** Reads a platform: `'linux/amd64'`, docker-py's `['amd64', 'linux']`, or the Engine's object. */
const readPlatform = (input: unknown, at: string): unknown => {
  if (typeof input === 'string') {
    const [OS, Architecture] = input.split('/')
    return { Architecture, OS }
  }
  if (Array.isArray(input)) return { Architecture: input[0], OS: input[1] }
  return readFields(input, PLATFORM, `${at}.platforms`)
}
