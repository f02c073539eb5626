import type { Platform } from '../../docker/platforms.ts'
import type { ResolvedFrom, Unnamed } from './resolved-image.ts'

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
  /** What the starts get that come while the failure is remembered. */
  instead?: Promise<Unnamed> | undefined
}

/** What is known of a tag. */
export type KnownTag = {
  found?: Found | undefined
  /** Undefined once the registry has answered. */
  failure?: Failure | undefined
  /** The request that all share who ask now. It writes `found` or `failure`. */
  asking?: { sinceMs: number; done: Promise<void> } | undefined
  /** When the log was last told of a failure. */
  told?: { atMs: number } | undefined
}

/** More tags than a site uses. A tag has a kilobyte or two. */
const MAX_TAGS = 1000

export type TagMemory = {
  /** What is known of a tag, by its full name. The tag that was not asked for the longest time is forgotten. */
  of: (name: string) => KnownTag
  /** The same, of a tag that is not new. */
  find: (name: string) => KnownTag | undefined
}

export const createTagMemory = (): TagMemory => {
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
