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

/** Asks the registry of a tag and writes its answer, or that there is none yet, into what is known of the tag. */
export type AskTag = (tag: KnownTag, image: string, signal: AbortSignal) => Promise<void>

/** Makes an AskTag. All who ask for a tag at once share one request, and nobody waits for it longer than two seconds. */
export const createTagAsking = (
  docker: Docker,
  { registryAuth, now, isTrusted }: RegistryAsking,
): AskTag => {
  let asking = 0

  const learn = async (tag: KnownTag, image: string): Promise<void> => {
    const sinceMs = now()
    const auth = isTrusted ? await registryAuth(image) : undefined
    const answer = await askRegistry(docker, { image, registryAuth: auth })
    if ('words' in answer) tag.failure = { ...answer, atMs: now() }
    else {
      tag.failure = undefined
      tag.told = undefined
      // A push that was announced meanwhile is newer than what the registry looked up.
      const isOlder = tag.found?.from === 'announced' && tag.found.atMs > sinceMs
      if (!isOlder) tag.found = { ...answer, from: 'registry', atMs: now() }
    }
  }

  const begin = (tag: KnownTag, image: string): NonNullable<KnownTag['asking']> => {
    asking++
    const done = learn(tag, image).finally(() => {
      asking--
      tag.asking = undefined
    })
    // Who waits gets the error. A late one has nobody who waits.
    done.catch(() => {})
    tag.asking = { sinceMs: now(), done }
    return tag.asking
  }

  return async (tag, image, signal) => {
    const patienceMs = tag.failure ? LATER_PATIENCE_MS : PATIENCE_MS
    const isFull = !tag.asking && asking >= MAX_ASKING
    if (isFull) tag.failure = { kind: 'unreachable', words: TOO_MANY, atMs: now() }
    if (isFull) return
    const { sinceMs, done } = tag.asking ?? begin(tag, image)
    const answered = new AbortController()
    const patience = sleep(sinceMs + patienceMs - now(), answered.signal)
    try {
      await unlessAborted(Promise.race([done, patience]), signal)
    } finally {
      answered.abort()
    }
    if (tag.asking && !(tag.failure && tag.failure.atMs >= sinceMs))
      tag.failure = { kind: 'unreachable', words: SILENT, atMs: now() }
  }
}

const SILENT = `no answer within ${PATIENCE_MS / 1000} s`
const TOO_MANY = `${MAX_ASKING} other registries have not answered yet`
