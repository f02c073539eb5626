import type { Docker } from '../../docker/docker.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import { fullNameOfTag, isDigest, withDigest } from './image-names.ts'
import { insteadOf, NODES_ASK, warningOf } from './instead.ts'
import { neverAsk } from './never-ask.ts'
import type { PullPolicy } from './pull-policy.ts'
import type { ResolvedImage, Unnamed } from './resolved-image.ts'
import { createTagAsking, type RegistryAsking } from './tag-asking.ts'
import { createTagMemory, type Failure, type Found, type KnownTag } from './tag-memory.ts'

/** Five minutes: who pushes an image under the same tag sees it in new servers after at most that time. */
export const DIGEST_TTL_MS = 300_000
/** For so long nobody asks a registry again that has just failed. */
const FAILURE_MS = 30_000
/** A registry that stays silent is told to the log once an hour. */
const TOLD_AGAIN_MS = 3_600_000

type Asked = {
  pullPolicy: PullPolicy
  /** Whether the hub configured the image, or the policy names it. Nothing that the service's credentials found goes to other images. */
  isTrusted: boolean
  signal: AbortSignal
}

/** The digests of tags. Starts that come at the same time, or within the time that digests are kept, share one request. */
export type Digests = {
  /** Says what a service is created with. Throws only what says that the Engine cannot be asked. */
  resolve: (image: string, asked: Asked) => Promise<ResolvedImage>
  /** Takes a digest that a registry has announced, or that a pull ahead has found. */
  remember: (image: string, digest: string) => void
  /** The last digest of a tag that was told, and when. It asks nobody. */
  known: (image: string, isTrusted: boolean) => Pick<Found, 'digest' | 'atMs'> | undefined
  /** Asks the registry at the next start: a node could not pull the digest, so it may be gone. */
  doubt: (image: string, isTrusted: boolean) => void
  /** Says whether the log has still to be told that the registry of an image does not answer; true once. */
  isNews: (image: string, isTrusted: boolean) => boolean
}

type Options = Pick<RegistryAsking, 'registryAuth' | 'now'> & {
  /** How long a digest is good, in milliseconds. 0: each start asks. */
  ttlMs?: number | undefined
}

/** Makes Digests with a memory of its own. A user's unlisted images have a second one, with its own bounds. */
export const createDigests = (
  docker: Docker,
  { registryAuth, ttlMs = DIGEST_TTL_MS, now }: Options,
): Digests => {
  const ofKind = (isTrusted: boolean) => ({
    memory: createTagMemory(),
    ask: createTagAsking(docker, { registryAuth, now, isTrusted }),
  })
  const [trusted, others] = [ofKind(true), ofKind(false)]
  const kindOf = (isTrusted: boolean) => (isTrusted ? trusted : others)
  const find = (image: string, isTrusted: boolean) =>
    kindOf(isTrusted).memory.find(fullNameOfTag(image) ?? '')
  const isYoung = (one: { atMs: number } | undefined, ms: number): boolean =>
    one !== undefined && now() - one.atMs < ms
  const isGood = ({ found }: KnownTag): boolean => isYoung(found, ttlMs) && !found?.isDoubted

  const resolve = async (image: string, asked: Asked): Promise<ResolvedImage> => {
    const { pullPolicy, isTrusted, signal } = asked
    const name = fullNameOfTag(image)
    if (pullPolicy === 'never') {
      const known = find(image, isTrusted)?.found?.digest
      return unlessAborted(neverAsk(docker, { image, known, isTrusted }), signal)
    }
    if (name === undefined) return { image, from: 'name' }
    const { memory, ask } = kindOf(isTrusted)
    const tag = memory.of(name)
    const isAlways = pullPolicy === 'always'
    if (isAlways || !(isGood(tag) || isYoung(tag.failure, FAILURE_MS)))
      await ask(tag, image, signal)
    const { failure } = tag
    if (!failure || (isGood(tag) && !isAlways)) return asFound(image, tag)
    if (isAlways) return asSwarmWould(image, failure)
    failure.instead ??= insteadOf(docker, { image, failure, found: tag.found, isTrusted })
    return named(image, await unlessAborted(failure.instead, signal))
  }

  return {
    resolve,
    remember: (image, digest) => {
      const name = fullNameOfTag(image)
      if (name === undefined || !isDigest(digest)) return
      const tag = trusted.memory.of(name)
      const platforms = tag.found?.digest === digest ? tag.found.platforms : undefined
      tag.found = { digest, platforms, from: 'announced', atMs: now() }
      tag.failure = undefined
    },
    known: (image, isTrusted) => find(image, isTrusted)?.found,
    doubt: (image, isTrusted) => {
      const found = find(image, isTrusted)?.found
      if (found) found.isDoubted = true
    },
    isNews: (image, isTrusted) => {
      const tag = find(image, isTrusted)
      if (!tag?.failure || isYoung(tag.told, TOLD_AGAIN_MS)) return false
      tag.told = { atMs: now() }
      return true
    },
  }
}

const named = (image: string, { digest, ...rest }: Unnamed): ResolvedImage => ({
  image: digest === undefined ? image : withDigest(image, digest),
  digest,
  ...rest,
})

const asFound = (image: string, { found }: KnownTag): ResolvedImage =>
  found
    ? named(image, { digest: found.digest, platforms: found.platforms, from: found.from })
    : { image, from: 'nobody' }

/**
 * Under `always`, a registry that says no is believed: what a node still has is no longer what was asked for. A registry that
 * says nothing is none of the image's fault, so the tag goes to the nodes, which ask themselves, as Swarm does.
 */
const asSwarmWould = (image: string, failure: Failure): ResolvedImage => ({
  image,
  from: 'nobody',
  ...(failure.kind === 'refused'
    ? { refusal: refusalOf(failure) }
    : { warning: warningOf(image, failure, NODES_ASK) }),
})

const refusalOf = ({ words }: Failure): string =>
  `pull_policy is always, and the registry refuses the image: ${words}. Correct the name or the credentials, or set pull_policy to if-not-present, which takes what the nodes have`
