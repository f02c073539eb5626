import { parseImage, registryHost } from '../../src/docker/image-name.ts'
import { type ProcessEnv, wordsOf } from '../../src/docker/process-env.ts'
import { createPushToken, type PushToken } from '../caller/push-token.ts'
import { EnvError } from './env-error.ts'
import { readHubPairs } from './hub-pairs.ts'
import { type ReadFile, readSecret } from './read-secret.ts'

/** Who may announce pushed images, and under which hosts the nodes know the registries. */
export type PushSettings = {
  /** A hub has several while they are rotated. Empty: nobody may. */
  tokens: readonly PushToken[]
  /** From the host that a registry's events have to the host in the names of its images. */
  hosts: ReadonlyMap<string, string>
}

const TOKENS = 'SWARMSPAWNER_PUSH_TOKENS'
const HOSTS = 'SWARMSPAWNER_PUSH_HOSTS'
/** 32 characters of `openssl rand -hex` are 128 bits. A token in a URL is seen by more eyes than a header. */
export const MIN_PUSH_TOKEN_LENGTH = 32
const MIN_CHARACTERS = 8
/** A path takes these as they are, so that the token is compared as it was written. */
const TOKEN = /^[\w.~-]+$/
/** 100 tokens: each call is compared with all. */
const MAX_TOKENS = 100

/** The names of the service's hubs, and how files of secrets are read. */
type Of = { hubs: readonly string[]; readFile?: ReadFile | undefined }

/** Reads the tokens of registries, for the hubs that the service has. Throws an EnvError, which never contains a token. */
export const readPushSettings = (env: ProcessEnv, of: Of): PushSettings => ({
  tokens: readTokens(env, of),
  hosts: new Map(wordsOf(env[HOSTS]).map(readHosts)),
})

const readTokens = (env: ProcessEnv, { hubs, readFile }: Of): PushToken[] => {
  const pairs = readHubPairs(
    readSecret(env, TOKENS, readFile) ?? '',
    `${TOKENS} must be a list of name=token, with the names of hubs`,
  )
  if (pairs.length > MAX_TOKENS)
    throw new EnvError(
      `${TOKENS} has more than ${MAX_TOKENS} tokens; remove those that are not used`,
    )
  const hubOf = new Map<string, string>()
  for (const [hub, token] of pairs) {
    const why = refusal(hub, token, { hubs, other: hubOf.get(token) })
    if (why !== undefined) throw new EnvError(`${TOKENS}: ${why}`)
    hubOf.set(token, hub)
  }
  return [...hubOf].map(([token, hub]) => createPushToken(hub, token))
}

const refusal = (
  hub: string,
  token: string,
  { hubs, other = hub }: { hubs: readonly string[]; other: string | undefined },
): string | undefined => {
  if (!hubs.includes(hub)) return `the service has no hub "${hub}"; it has ${hubs.join(', ')}`
  if (other !== hub)
    return `the hubs "${other}" and "${hub}" have the same token; each needs its own`
  if (!TOKEN.test(token))
    return `the token of the hub "${hub}" has other characters than letters, digits, - . _ and ~; ${MAKE_ONE}`
  if (token.length < MIN_PUSH_TOKEN_LENGTH)
    return `the token of the hub "${hub}" has ${token.length} characters and must have at least ${MIN_PUSH_TOKEN_LENGTH}; ${MAKE_ONE}`
  if (new Set(token).size < MIN_CHARACTERS)
    return `the token of the hub "${hub}" has only ${new Set(token).size} different characters; ${MAKE_ONE}`
  return undefined
}

const MAKE_ONE = 'make one with: openssl rand -hex 16'

const readHosts = (pair: string): [string, string] => {
  const [own = '', known = '', ...more] = pair.split('=')
  if (isHost(own) && isHost(known) && more.length === 0)
    return [registryHost(own), registryHost(known)]
  throw new EnvError(
    `${HOSTS} must be a list of host=host: the host that the events of a registry have, and the one in the names of its images, such as registry:5000=registry.example.org`,
  )
}

/** A host that the Engine takes for one, and not for the first part of a path at Docker Hub. */
const isHost = (text: string): boolean => parseImage(`${text}/a`)?.registry === text
