import type { ProcessEnv } from '../../src/docker/process-env.ts'
import type { HubApi } from '../../src/hub-api/request.ts'
import { SpawnError } from '../../src/spawner/errors.ts'
import { nanoseconds } from '../../src/spawner/settings/durations.ts'
import { EnvError } from './env-error.ts'
import { readHubPairs } from './hub-pairs.ts'
import { type ReadFile, readSecret } from './read-secret.ts'
import { readHubName } from './service-settings.ts'

/** How leftovers are collected. */
export type GcSettings = {
  /**
   * The REST API of each hub. A hub without one is not asked, and then only its servers that have ended count.
   */
  hubApis: ReadonlyMap<string, HubApi>
  /** If no hub is asked: how long ago a server must have ended. */
  olderThanMs: number
  /** How often the service on Node.js looks. Undefined means never. */
  everyMs: number | undefined
  /** What a scheduled look does with leftovers. */
  action: 'list' | 'remove' | undefined
}

const API = 'SWARMSPAWNER_HUB_API'
const TOKEN = 'SWARMSPAWNER_HUB_API_TOKEN'
/** The longest time of a Node.js timer: 24.8 days. */
const MAX_EVERY_MS = 2 ** 31 - 1

/** Reads the settings of gc from the environment. Throws an EnvError. */
export const readGcSettings = (
  env: ProcessEnv,
  { fetch, readFile }: { fetch: HubApi['fetch']; readFile?: ReadFile },
): GcSettings => ({
  hubApis: readHubApis(env, fetch, readFile),
  olderThanMs: readDuration(
    env['SWARMSPAWNER_GC_OLDER_THAN'] || '1h',
    'SWARMSPAWNER_GC_OLDER_THAN',
  ),
  everyMs: readEvery(env),
  action: readAction(env),
})

/** Reads a duration such as `1h30m` into milliseconds; throws an EnvError that names the setting. */
export const readDuration = (text: string, name: string): number => {
  try {
    return nanoseconds(text, name) / 1e6
  } catch (cause) {
    if (!(cause instanceof SpawnError)) throw cause
    throw new EnvError(`${name} must be a duration such as 30m or 1h30m`, { cause })
  }
}

const readEvery = (env: ProcessEnv): number | undefined => {
  const text = env['SWARMSPAWNER_GC_EVERY']
  if (!text) return undefined
  const everyMs = readDuration(text, 'SWARMSPAWNER_GC_EVERY')
  if (everyMs >= 1000 && everyMs <= MAX_EVERY_MS) return everyMs
  throw new EnvError('SWARMSPAWNER_GC_EVERY must be between 1s and 596h')
}

const readAction = (env: ProcessEnv): GcSettings['action'] => {
  const action = env['SWARMSPAWNER_GC'] || undefined
  if (action === undefined || action === 'list' || action === 'remove') return action
  throw new EnvError('SWARMSPAWNER_GC must be list or remove')
}

const readHubApis = (
  env: ProcessEnv,
  fetch: HubApi['fetch'],
  readFile?: ReadFile,
): Map<string, HubApi> => {
  const urls = env[API]?.trim()
  const tokens = readSecret(env, TOKEN, readFile)
  if (!urls && !tokens) return new Map()
  if (!urls || !tokens) throw new EnvError(`Set both ${API} and ${TOKEN}, or neither`)
  // A token may contain a `=`, so only the addresses show whether both variables are lists.
  const isList = /^[\w.-]+=/.test(urls)
  const only = readHubName(env)
  const urlOf = isList ? splitList(urls, API) : new Map([[only, urls]])
  const tokenOf = isList ? splitList(tokens, TOKEN) : new Map([[only, tokens]])
  const extra = [...tokenOf.keys()].find((hub) => !urlOf.has(hub))
  if (extra !== undefined) throw new EnvError(`${API} has no address of the hub "${extra}"`)
  return new Map(
    [...urlOf].map(([hub, url]) => [
      hub,
      { url: readUrl(url), token: readToken(hub, tokenOf.get(hub)), fetch },
    ]),
  )
}

const splitList = (text: string, name: string): Map<string, string> =>
  new Map(readHubPairs(text, `${name} must be one value, or a list of name=value in both`))

/** Refuses an address with a password, because every error would print it. */
const readUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash)
    return url.href.replace(/\/+$/, '')
  throw new EnvError(`${API} must be an address such as http://hub:8081/hub/api`)
}

/** Refuses a token that cannot be in a header, because fetch would quote it in its error. */
const readToken = (hub: string, token: string | undefined): string => {
  if (token && /^[\x21-\x7e]+$/.test(token)) return token
  throw new EnvError(`${TOKEN} has no valid token for the hub "${hub}"`)
}
