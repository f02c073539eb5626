import type { Docker } from '../../docker/docker.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import type { PullPolicy } from '../settings/pull-policy.ts'
import { findEngineImage, isBuilt } from './engine-image.ts'
import { fullNameOfTag, withDigest } from './image-names.ts'
import { asAlways, asEngineHas, asKnown } from './instead.ts'
import { neverAsk } from './never-ask.ts'
import type { ResolvedImage } from './resolved-image.ts'
import { createTagAsking, type RegistryAsking } from './tag-asking.ts'
import {
  type DigestMemory,
  type Failure,
  type Found,
  isYoung,
  type KnownTag,
  newestOf,
} from './tag-memory.ts'

/** For so long nobody asks a registry again that has just failed. */
const FAILURE_MS = 30_000

/** Who asks for an image. */
export type OfImage = {
  /**
   * Whether the hub configured the image, or the policy names it. Nothing that the service's credentials found, or that its Engine
   * has, goes to other images.
   */
  isTrusted: boolean
  /** What was announced to another hub does not count. */
  hub?: string | undefined
}

/** Says what a service is created with. Throws only what says that the Engine cannot be asked. */
export type ResolveImage = (
  image: string,
  asked: OfImage & {
    pullPolicy: PullPolicy
    signal: AbortSignal
    /** Asks the registry although its last answer is still good. */
    asksAnew?: boolean | undefined
    /** Says whether the service exists already, so that nobody needs to be asked. It is only called before somebody would be. */
    isBegun?: (() => Promise<boolean>) | undefined
  },
) => Promise<ResolvedImage>

type ResolverOptions = Omit<RegistryAsking, 'isTrusted'> & {
  ttlMs: number
  memory: DigestMemory
  /** Writes what the pull jobs of the Swarm know into the memory. */
  learnOfJobs: () => Promise<void>
}

/** Makes a ResolveImage that reads and writes a memory. */
export const createResolver = (docker: Docker, options: ResolverOptions): ResolveImage => {
  const { memory, learnOfJobs } = options
  const ofTag = createTagResolver(docker, options)

  return async (image, asked) => {
    const { pullPolicy, isTrusted, hub = '', signal } = asked
    const name = fullNameOfTag(image)
    const tag = name && memory[isTrusted ? 'trusted' : 'others'].of(name)
    const learn = async () => {
      if (tag && isTrusted) await unlessAborted(learnOfJobs(), signal)
    }
    if (pullPolicy === 'never') {
      await learn()
      const known = tag ? newestOf(tag, hub)?.digest : undefined
      return unlessAborted(neverAsk(docker, { image, known, isTrusted }), signal)
    }
    return tag ? ofTag(tag, { image, ...asked, hub, learn }) : { image, from: 'name' }
  }
}

type AskedTag = {
  image: string
  pullPolicy: PullPolicy
  isTrusted: boolean
  hub: string
  signal: AbortSignal
  asksAnew?: boolean | undefined
  isBegun?: (() => Promise<boolean>) | undefined
  /** Learns what the pull jobs of the Swarm know. */
  learn: () => Promise<void>
}

const createTagResolver = (docker: Docker, options: ResolverOptions) => {
  const { ttlMs, now } = options
  const asking = (isTrusted: boolean) => createTagAsking(docker, { ...options, isTrusted })
  const [askTrusted, askOthers] = [asking(true), asking(false)]
  const ownImage = createOwnImages(docker)
  const good = (tag: KnownTag, hub: string): Found | undefined => {
    const newest = newestOf(tag, hub)
    return isYoung(newest, ttlMs, now()) && !newest?.isDoubted ? newest : undefined
  }
  /** Whether the registry has failed lately. It is asked about an image that was built here as rarely as for a digest. */
  const hasJustFailed = ({ failure }: KnownTag): boolean =>
    isYoung(failure, failure?.isOfNoRegistry ? Math.max(FAILURE_MS, ttlMs) : FAILURE_MS, now())

  return async (tag: KnownTag, asked: AskedTag): Promise<ResolvedImage> => {
    const { image, pullPolicy, isTrusted, hub, signal, learn } = asked
    const isAlways = pullPolicy === 'always'
    const asksAnew = isAlways || asked.asksAnew === true
    const isToAsk = () => asksAnew || !(good(tag, hub) || hasJustFailed(tag))
    if (isToAsk() && (await asked.isBegun?.())) return { image, from: 'nobody' }
    if (!asksAnew && isToAsk()) await learn()
    const known = asksAnew ? undefined : good(tag, hub)
    if (known) return asFound(image, known)
    if (isToAsk()) await (isTrusted ? askTrusted : askOthers)(tag, image, signal)
    const { failure } = tag
    const found = newestOf(tag, hub)
    if (!failure) return found ? asFound(image, found) : { image, from: 'nobody' }
    if (isAlways) return asAlways({ image, failure })
    if (found) return asKnown({ image, failure }, found)
    const own = isTrusted ? await unlessAborted(ownImage(image, failure), signal) : undefined
    failure.isOfNoRegistry = isBuilt(own)
    return asEngineHas({ image, failure }, own)
  }
}

/** One look at the manager's own images, for all starts that come while a failure is remembered. */
const createOwnImages = (docker: Docker) => {
  const looks = new WeakMap<Failure, ReturnType<typeof findEngineImage>>()
  return (image: string, failure: Failure) => {
    const look = looks.get(failure) ?? findEngineImage(docker, image)
    looks.set(failure, look)
    return look
  }
}

const asFound = (image: string, { digest, platforms, from }: Found): ResolvedImage => ({
  image: withDigest(image, digest),
  digest,
  platforms,
  from,
})
