import type { Docker } from '../../docker/docker.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import type { PullPolicy } from '../settings/pull-policy.ts'
import { findEngineImage } from './engine-image.ts'
import { fullNameOfTag, isDigest, withDigest } from './image-names.ts'
import { asAlways, asEngineHas, asKnown } from './instead.ts'
import { neverAsk } from './never-ask.ts'
import type { ResolvedImage } from './resolved-image.ts'
import { createTagAsking, type RegistryAsking } from './tag-asking.ts'
import {
  createDigestMemory,
  type DigestMemory,
  type Failure,
  type Found,
  type KnownTag,
  newestOf,
} from './tag-memory.ts'

/** Five minutes: who pushes an image under the same tag sees it in new servers after at most that time. */
export const DIGEST_TTL_MS = 300_000
/** For so long nobody asks a registry again that has just failed. */
const FAILURE_MS = 30_000
/** A registry that stays silent is told to the log once an hour. */
const TOLD_AGAIN_MS = 3_600_000

/** Who asks for an image. */
type OfImage = {
  /**
   * Whether the hub configured the image, or the policy names it. Nothing that the service's credentials found, or that its Engine
   * has, goes to other images.
   */
  isTrusted: boolean
  /** What was announced to another hub does not count. */
  hub?: string | undefined
}

type Asked = OfImage & { pullPolicy: PullPolicy; signal: AbortSignal }

/** The digests of tags. Starts that come at the same time, or within the time that digests are kept, share one request. */
export type Digests = {
  /** Says what a service is created with. Throws only what says that the Engine cannot be asked. */
  resolve: (image: string, asked: Asked) => Promise<ResolvedImage>
  /** Takes a digest that a registry has announced to a hub, or that a pull ahead has found. Without a hub, it counts for all. */
  remember: (image: string, digest: string, hub?: string) => void
  /** The last digest of a tag that was told, and when. It asks nobody. */
  known: (image: string, of: OfImage) => Pick<Found, 'digest' | 'atMs'> | undefined
  /** Asks the registry at the next start: a node could not pull the digest, so it may be gone. */
  doubt: (image: string, of: OfImage) => void
  /** Says whether the log has still to be told that the registry of an image does not answer; true once. */
  isNews: (image: string, of: OfImage) => boolean
}

export type DigestOptions = Pick<RegistryAsking, 'registryAuth' | 'now'> & {
  /** How long a digest is good, in milliseconds. 0: each start asks. */
  ttlMs?: number | undefined
  /** Where requests that share nothing else can share it. */
  memory?: DigestMemory | undefined
}

/** Makes Digests. A user's unlisted images have a memory of their own, with its own bounds. */
export const createDigests = (docker: Docker, options: DigestOptions): Digests => {
  const { now, memory = createDigestMemory() } = options
  const find = (image: string, { isTrusted }: OfImage): KnownTag | undefined =>
    memory[isTrusted ? 'trusted' : 'others'].find(fullNameOfTag(image) ?? '')
  const known = (image: string, of: OfImage) => newestOf(find(image, of), of.hub ?? '')
  return {
    resolve: createResolver(docker, { ...options, memory, known }),
    known,
    remember: (image, digest, hub = '') => {
      const name = fullNameOfTag(image)
      if (name === undefined || !isDigest(digest)) return
      const tag = memory.trusted.of(name)
      const before = newestOf(tag, hub)
      const platforms = before?.digest === digest ? before.platforms : undefined
      tag.announced ??= new Map()
      tag.announced.set(hub, { digest, platforms, from: 'announced', atMs: now() })
    },
    doubt: (image, of) => {
      const found = newestOf(find(image, of), of.hub ?? '')
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

const isYoung = (one: { atMs: number } | undefined, ms: number, nowMs: number): boolean =>
  one !== undefined && nowMs - one.atMs < ms

/** Makes the function that says what a service is created with. */
const createResolver = (
  docker: Docker,
  {
    registryAuth,
    ttlMs = DIGEST_TTL_MS,
    now,
    memory,
    known,
  }: DigestOptions & { memory: DigestMemory; known: Digests['known'] },
): Digests['resolve'] => {
  const asking = (isTrusted: boolean) => createTagAsking(docker, { registryAuth, now, isTrusted })
  const ask = { trusted: asking(true), others: asking(false) }

  const looks = new WeakMap<Failure, ReturnType<typeof findEngineImage>>()
  /** One look at the manager's own images, for all starts that come while the failure is remembered. */
  const ownImage = (image: string, failure: Failure) => {
    const look = looks.get(failure) ?? findEngineImage(docker, image)
    looks.set(failure, look)
    return look
  }

  const resolveTag = async (image: string, tag: KnownTag, asked: Asked): Promise<ResolvedImage> => {
    const { pullPolicy, isTrusted, hub = '', signal } = asked
    const isAlways = pullPolicy === 'always'
    const before = newestOf(tag, hub)
    const isGood = isYoung(before, ttlMs, now()) && !before?.isDoubted
    if (before && isGood && !isAlways) return asFound(image, before)
    if (isAlways || !isYoung(tag.failure, FAILURE_MS, now()))
      await ask[isTrusted ? 'trusted' : 'others'](tag, image, signal)
    const { failure } = tag
    const found = newestOf(tag, hub)
    if (!failure) return found ? asFound(image, found) : { image, from: 'nobody' }
    if (isAlways) return asAlways({ image, failure })
    if (found) return asKnown({ image, failure }, found)
    const own = isTrusted ? await unlessAborted(ownImage(image, failure), signal) : undefined
    return asEngineHas({ image, failure }, own)
  }

  return async (image, asked) => {
    const { pullPolicy, isTrusted, signal } = asked
    if (pullPolicy === 'never') {
      const digest = known(image, asked)?.digest
      return unlessAborted(neverAsk(docker, { image, known: digest, isTrusted }), signal)
    }
    const name = fullNameOfTag(image)
    if (name === undefined) return { image, from: 'name' }
    return resolveTag(image, memory[isTrusted ? 'trusted' : 'others'].of(name), asked)
  }
}

const asFound = (image: string, { digest, platforms, from }: Found): ResolvedImage => ({
  image: withDigest(image, digest),
  digest,
  platforms,
  from,
})
