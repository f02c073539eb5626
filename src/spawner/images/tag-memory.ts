import type { Platform } from '../../docker/platforms.ts'
import type { ResolvedFrom } from './resolved-image.ts'

/** The digest of a tag, and when somebody said so. */
export type Found = {
  digest: string
  platforms?: readonly Platform[] | undefined
  from: Extract<ResolvedFrom, 'registry' | 'announced'>
  atMs: number
  /** Whether a node could not pull it. */
  isDoubted?: boolean
}

/** Why the registry did not tell, and since when we know. */
export type Failure = {
  kind: 'refused' | 'unreachable'
  words: string
  atMs: number
  /** Whether the manager has the image, and did not get it from there. */
  isOfNoRegistry?: boolean
}

/** What is known of a tag. It is plain data, because on workerd requests share no promises. */
export type KnownTag = {
  /** What the registry said. */
  found?: Found | undefined
  /** What was announced, by hub: a hub's events and pulls decide nothing for another hub. The key '' is for all hubs. */
  announced?: Map<string, Found> | undefined
  /** Undefined once the registry has answered. */
  failure?: Failure | undefined
  /** When the log was last told of a failure. */
  told?: { atMs: number } | undefined
}

/** Returns whether something is known for less than some milliseconds. */
export const isYoung = (one: { atMs: number } | undefined, ms: number, nowMs: number): boolean =>
  one !== undefined && nowMs - one.atMs < ms

/** The newest that was said of a tag, as far as a hub may use it. */
export const newestOf = (tag: KnownTag | undefined, hub: string): Found | undefined =>
  [tag?.found, tag?.announced?.get(''), tag?.announced?.get(hub)].reduce((newest, one) =>
    one && (!newest || one.atMs > newest.atMs) ? one : newest,
  )

/** Writes what was announced of a tag to a hub, unless something newer was. */
export const announce = (
  tag: KnownTag,
  hub: string,
  { digest, atMs }: Pick<Found, 'digest' | 'atMs'>,
): void => {
  tag.announced ??= new Map()
  const before = tag.announced.get(hub)
  if (before && !(before.atMs < atMs)) return
  const known = newestOf(tag, hub)
  const platforms = known?.digest === digest ? known.platforms : undefined
  tag.announced.set(hub, { digest, platforms, from: 'announced', atMs })
}

/** More tags than a site uses. A tag has a kilobyte or two. */
const MAX_TAGS = 1000

export type TagMemory = {
  /** What is known of a tag, by its full name. The tag that was not asked for the longest time is forgotten. */
  of: (name: string) => KnownTag
  /** The same, of a tag that is not new. */
  find: (name: string) => KnownTag | undefined
}

/** The tags of images that the hub or the policy names, and apart from them those of images that only users have named. */
export type DigestMemory = { trusted: TagMemory; others: TagMemory }

export const createDigestMemory = (): DigestMemory => ({
  trusted: createTagMemory(),
  others: createTagMemory(),
})

const createTagMemory = (): TagMemory => {
  const tags = new Map<string, KnownTag>()
  return {
    of: (name) => {
      const tag = tags.get(name) ?? {}
      tags.delete(name)
      tags.set(name, tag)
      const [oldest] = tags.keys()
      if (tags.size > MAX_TAGS && oldest !== undefined) tags.delete(oldest)
      return tag
    },
    find: (name) => tags.get(name),
  }
}
