import { lastWins } from './assemble-spec.ts'
import { asObject, CONTAINER, type Entry, invalid } from './entries.ts'
import type { TakenAway } from './taken-away.ts'

const MOUNTS = [...CONTAINER, 'Mounts'].join('.')

/** The settings of a profile with `mounts` as a list. In a dict, each mount has its target as key. */
export const withMountList = (
  settings: Readonly<Record<string, unknown>>,
  label: string,
): Record<string, unknown> => {
  const { mounts, ...others } = settings
  if (mounts === undefined) return others
  if (typeof mounts !== 'object' || mounts === null || Array.isArray(mounts)) return { ...settings }
  const given = Object.entries(mounts).filter(([, mount]) => mount !== null)
  const list = given.map(([target, mount]) => ({
    target,
    ...asObject(mount, `${label}.mounts.${target}`),
  }))
  const other = list.findIndex(({ target }, index) => target !== given[index]?.[0])
  if (other >= 0)
    throw invalid(`${label}.mounts.${given[other]?.[0]}`, 'has another target than its key')
  return { ...others, mounts: list }
}

/**
 * Lays the entries of one part of a profile over those below it. Its mounts join those below, and replace the ones with the same
 * targets. Everything else replaces what has the same path.
 */
export const layEntriesOf = (
  below: readonly Entry[],
  own: readonly Entry[],
  { paths, targets }: TakenAway,
): Entry[] => {
  const kept = below.flatMap((entry) => {
    if (paths.some((path) => path.every((part, index) => part === entry.path[index]))) return []
    return isMounts(entry) ? [withoutTargets(entry, targets)] : [entry]
  })
  const mounts = lastWins(kept).find(isMounts)
  return [
    ...kept,
    ...lastWins(own).map((entry) => (mounts && isMounts(entry) ? joined(entry, mounts) : entry)),
  ]
}

const isMounts = ({ path }: Entry): boolean => path.join('.') === MOUNTS

const withoutTargets = (entry: Entry, targets: readonly string[]): Entry => {
  const gone = new Set(targets.map(placeOf))
  return gone.size === 0 ? entry : { ...entry, value: mountsOf(entry, gone) }
}

/** The profile's own mounts come first, so that what is said of them has the index that they have in the profile. */
const joined = (entry: Entry, below: Entry): Entry => {
  const own = mountsOf(entry, new Set())
  return { ...entry, value: [...own, ...mountsOf(below, new Set(own.map(targetOf)))] }
}

const mountsOf = ({ value }: Entry, gone: ReadonlySet<string>): unknown[] =>
  Array.isArray(value) ? value.filter((mount) => !gone.has(targetOf(mount))) : []

const targetOf = (mount: unknown): string =>
  typeof mount === 'object' && mount !== null && 'Target' in mount
    ? placeOf(String(mount.Target))
    : ''

/** One text for all spellings of a target. Where `..` is in it, the check for duplicates finds what is the same. */
const placeOf = (target: string): string =>
  target
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
