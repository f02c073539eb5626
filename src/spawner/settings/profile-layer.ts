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
  const [gonePaths, goneTargets] = [new Set(paths.map(keyOf)), new Set(targets.map(placeOf))]
  const kept = below
    .filter(({ path }) => !path.some((_, index) => gonePaths.has(keyOf(path.slice(0, index + 1)))))
    .map((entry) => (isMounts(entry) && goneTargets.size > 0 ? without(entry, goneTargets) : entry))
  const [mounts, over] = [lastWins(kept).find(isMounts), lastWins(own)]
  if (!mounts || !over.some(isMounts)) return [...kept, ...over]
  return [
    ...kept.map(ownAlone),
    ...over.map((entry) => (isMounts(entry) ? joined(entry, mounts) : entry)),
  ]
}

const keyOf = (path: readonly string[]): string => path.join('\n')

const isMounts = ({ path }: Entry): boolean => path.join('.') === MOUNTS

const without = (entry: Entry, gone: ReadonlySet<string>): Entry => {
  const [own, joinedTo] = [ownOf(entry), joinedToOf(entry)].map((mounts) =>
    mounts.filter((mount) => !gone.has(targetOf(mount))),
  )
  return { ...entry, value: own?.concat(joinedTo ?? []), ownItems: own?.length ?? 0 }
}

/** Its own mounts come first, so that what is said of them has the index that they have in the profile. */
const joined = (entry: Entry, below: Entry): Entry => {
  const own = listOf(entry)
  const others = without(below, new Set(own.map(targetOf)))
  return { ...entry, value: [...own, ...listOf(others)], ownItems: own.length }
}

/** Without the mounts that it has joined: the last entry has them as well, and each would be judged many times. */
const ownAlone = (entry: Entry): Entry =>
  entry.ownItems === undefined ? entry : { ...entry, value: ownOf(entry) }

const listOf = ({ value }: Entry): unknown[] => (Array.isArray(value) ? value : [])

const ownOf = (entry: Entry): unknown[] => listOf(entry).slice(0, entry.ownItems)

const joinedToOf = (entry: Entry): unknown[] => listOf(entry).slice(ownOf(entry).length)

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
