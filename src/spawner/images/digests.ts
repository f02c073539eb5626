import type { Docker } from '../../docker/docker.ts'
import { fullNameOfTag, isDigest } from './image-names.ts'
import { createLearnOfJobs } from './pulled-ahead.ts'
import { createResolver, type OfImage, type ResolveImage } from './resolver.ts'
import type { RegistryAsking } from './tag-asking.ts'
import {
  announce,
  createDigestMemory,
  type DigestMemory,
  type Found,
  isYoung,
  type KnownTag,
  newestOf,
} from './tag-memory.ts'

/** Five minutes: who pushes an image under the same tag sees it in new servers after at most that time. */
export const DIGEST_TTL_MS = 300_000
/** A registry that stays silent is told to the log once an hour. */
const TOLD_AGAIN_MS = 3_600_000

/** The digests of tags. Starts that come at the same time, or within the time that digests are kept, share one request. */
export type Digests = {
  resolve: ResolveImage
  /** Takes a digest that a registry has announced to a hub, or that a pull ahead has found. Without a hub, it counts for all. */
  remember: (image: string, digest: string, hub?: string) => void
  /** Takes the digests that the pull jobs of the Swarm have, in one call to the Engine. */
  learnOfJobs: () => Promise<void>
  /** The last digest of a tag that was told, and when. It asks nobody. */
  known: (image: string, of: OfImage) => Pick<Found, 'digest' | 'atMs'> | undefined
  /** Asks the registry at the next start: a node could not pull the digest, so it may be gone. */
  doubt: (image: string, of: OfImage) => void
  /** Says whether the log has still to be told that the registry of an image does not answer; true once. */
  isNews: (image: string, of: OfImage) => boolean
}

export type DigestOptions = Omit<RegistryAsking, 'isTrusted'> & {
  /** How long a digest is good, in milliseconds. 0: each start asks. */
  ttlMs?: number | undefined
  /** Where requests that share nothing else can share it. */
  memory?: DigestMemory | undefined
}

/** Makes Digests. A user's unlisted images have a memory of their own, with its own bounds. */
export const createDigests = (
  docker: Docker,
  { registryAuth, now, ttlMs = DIGEST_TTL_MS, memory = createDigestMemory() }: DigestOptions,
): Digests => {
  const find = (image: string, { isTrusted }: OfImage): KnownTag | undefined =>
    memory[isTrusted ? 'trusted' : 'others'].find(fullNameOfTag(image) ?? '')
  const known = (image: string, of: OfImage) => newestOf(find(image, of), of.hub ?? '')
  const learnOfJobs = createLearnOfJobs(docker, { memory, now })
  return {
    resolve: createResolver(docker, { registryAuth, now, ttlMs, memory, learnOfJobs }),
    learnOfJobs,
    known,
    remember: (image, digest, hub = '') => {
      const name = fullNameOfTag(image)
      if (name === undefined || !isDigest(digest)) return
      announce(memory.trusted.of(name), hub, { digest, atMs: now() })
    },
    doubt: (image, of) => {
      const found = known(image, of)
      if (found) found.isDoubted = true
    },
    isNews: (image, of) => {
      const tag = find(image, of)
      if (!tag?.failure || isYoung(tag.told, TOLD_AGAIN_MS, now())) return false
      tag.told = { atMs: now() }
      return true
    },
  }
}
