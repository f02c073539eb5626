import type { Docker } from '../../docker/docker.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import { sleep } from '../sleep.ts'
import { askRegistry } from './ask-registry.ts'
import type { KnownTag } from './tag-memory.ts'

/** 2 s: a registry that is well answers in a tenth of it. */
export const PATIENCE_MS = 2000
/** What a start waits for a registry that did not answer the last time. */
const LATER_PATIENCE_MS = 300
/** Users may name registries that never answer, and each such request lasts 20 s. */
const MAX_ASKING = 32

export type RegistryAsking = {
  /** The `X-Registry-Auth` header for an image, if there are credentials for its registry. */
  registryAuth: (image: string) => Promise<string | undefined>
  now: () => number
  /** Whether the credentials of the service go with the question. */
  isTrusted: boolean
}

type Asking = { sinceMs: number; done: Promise<void> }

/** Asks the registry of a tag and writes its answer, or that there is none yet, into what is known of the tag. */
export type AskTag = (tag: KnownTag, image: string, signal: AbortSignal) => Promise<void>

/** Makes an AskTag. All who ask for a tag at once share one request, and nobody waits for it longer than two seconds. */
export const createTagAsking = (
  docker: Docker,
  { registryAuth, now, isTrusted }: RegistryAsking,
): AskTag => {
  const asking = new Map<KnownTag, Asking>()

  const learn = async (tag: KnownTag, image: string, sinceMs: number): Promise<void> => {
    const auth = isTrusted ? await registryAuth(image) : undefined
    const answer = await askRegistry(docker, { image, registryAuth: auth })
    if ('words' in answer) {
      tag.failure = { ...answer, atMs: now() }
      return
    }
    tag.failure = undefined
    tag.told = undefined
    // A push that is announced while we ask is newer than the answer.
    tag.found = { ...answer, from: 'registry', atMs: sinceMs }
  }

  const begin = (tag: KnownTag, image: string): Asking => {
    const sinceMs = now()
    const done = learn(tag, image, sinceMs).finally(() => asking.delete(tag))
    // Who waits gets the error. A late one has nobody who waits.
    done.catch(() => {})
    const begun = { sinceMs, done }
    asking.set(tag, begun)
    return begun
  }

  return async (tag, image, signal) => {
    const shared = asking.get(tag)
    if (!shared && asking.size >= MAX_ASKING) {
      tag.failure = { kind: 'unreachable', words: TOO_MANY, atMs: now() }
      return
    }
    const patienceMs = tag.failure ? LATER_PATIENCE_MS : PATIENCE_MS
    const { sinceMs, done } = shared ?? begin(tag, image)
    await withinPatience(done, sinceMs + patienceMs - now(), signal)
    const isSilent = asking.has(tag) && !(tag.failure && tag.failure.atMs >= sinceMs)
    if (isSilent) tag.failure = { kind: 'unreachable', words: SILENT, atMs: now() }
  }
}

const withinPatience = async (
  work: Promise<void>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> => {
  const answered = new AbortController()
  try {
    await unlessAborted(Promise.race([work, sleep(patienceMs, answered.signal)]), signal)
  } finally {
    answered.abort()
  }
}

const SILENT = `no answer within ${PATIENCE_MS / 1000} s`
const TOO_MANY = `${MAX_ASKING} other registries have not answered yet`
