import * as v from 'valibot'
import { Mount, NetworkAttachment, Resources } from '../../docker/service-spec.ts'
import { CONTAINER, type Entry } from '../settings/entries.ts'
import { type Configured, type Limits, pathKey } from './judge-context.ts'

/**
 * Collects what the hub sets in its entries. It also needs the user's entries, because the policy may let a
 * user choose who runs the server (`user`, `groups`).
 */
export const configuredBy = (entries: readonly Entry[], user: readonly Entry[]): Configured => {
  const values = new Map(entries.map(({ path, value }) => [pathKey(path), value]))
  const chosen = new Map(user.map(({ path, value }) => [pathKey(path), value]))
  const of = (...path: string[]): unknown => values.get(pathKey(path))
  const inContainer = (field: string): unknown => of(...CONTAINER, field)
  const isOfHub = (field: string): boolean => {
    const key = pathKey([...CONTAINER, field])
    return !chosen.has(key) || chosen.get(key) === values.get(key)
  }
  const image = entries.findLast(({ path }) => pathKey(path) === IMAGE)
  const mounts = read(Mount, inContainer('Mounts'))
  const groups = inContainer('Groups')
  return {
    images: typeof image?.value === 'string' && !image.isTyped ? [image.value] : [],
    networks: read(NetworkAttachment, of('TaskTemplate', 'Networks')).map(({ Target }) => Target),
    limits: limitsOf(entries),
    mounts,
    namesUser:
      (isOfHub('User') && isByName(inContainer('User'))) ||
      (isOfHub('Groups') && Array.isArray(groups) && groups.some(isByName)),
    values,
    variables: new Set(
      entries.flatMap(({ path }) => (path[2] === 'Env' ? [(path[3] ?? '').toLowerCase()] : [])),
    ),
  }
}

const IMAGE = pathKey([...CONTAINER, 'Image'])

/** The limits that entries set. The last entry for each limit counts. */
export const limitsOf = (entries: readonly Entry[]): Limits => {
  const resources = entries.filter(({ path }) => path[1] === 'Resources')
  const limits = resources
    .filter(({ path }) => path[2] === 'Limits')
    .map(({ path, value }) => [path[3], value])
  const SwapBytes = resources.findLast(({ path }) => path[2] === 'SwapBytes')?.value
  const result = v.safeParse(Resources, { Limits: Object.fromEntries(limits), SwapBytes })
  if (!result.success) return {}
  const swap = result.output.SwapBytes
  return { ...result.output.Limits, ...(swap !== undefined && { SwapBytes: swap }) }
}

/** The items of a list. A list of the wrong type has no items here; the schema refuses it later. */
const read = <S extends v.GenericSchema>(item: S, value: unknown): v.InferOutput<S>[] => {
  const result = v.safeParse(v.array(item), value)
  return result.success ? result.output : []
}

/**
 * Returns whether a user is given by name. Only numbers mean the same user in every image. The Engine may read
 * numbers above 2^31 - 1 as names.
 */
const isByName = (user: unknown): boolean =>
  typeof user === 'string' &&
  !(/^\d{1,10}(?::\d{1,10})?$/.test(user) && user.split(':').every((one) => Number(one) < 2 ** 31))
