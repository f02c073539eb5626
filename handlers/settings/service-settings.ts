import { type ProcessEnv, wordsOf } from '../../src/docker/process-env.ts'
import { collidingHubs } from '../../src/spawner/policy/hub-names.ts'
import { type HubKeys, importSecret, type Key } from '../caller/signature.ts'
import type { CallerLimits } from './caller-settings.ts'
import { EnvError } from './env-error.ts'
import { isHubName, readHubPairs } from './hub-pairs.ts'
import { readListenAddress, type TlsPaths } from './listen-settings.ts'
import { readMetricsToken } from './metrics-token.ts'
import { type PushSettings, readPushSettings } from './push-settings.ts'
import { type ReadFile, readSecret } from './read-secret.ts'
import { requireStrong } from './strong-token.ts'

export type Settings = {
  host: string
  port: number
  hubs: readonly HubKeys[]
  adminToken: string | undefined
  /** Who may announce pushed images. `undefined`: nobody. */
  push?: PushSettings | undefined
  /** Opens `/metrics` and nothing else. */
  metricsToken?: string
  /** The service's certificate. `undefined`: plain HTTP. */
  tls?: TlsPaths | undefined
  /** `undefined`: the built-in limits. */
  callers?: CallerLimits | undefined
}

/** The name of the hub of `SWARMSPAWNER_SECRET`, if `SWARMSPAWNER_HUB` is not set. */
const ONLY_HUB = 'default'

/**
 * Reads the settings from the environment. Each secret may come from a file instead, such as
 * `SWARMSPAWNER_SECRET_FILE`.
 */
export const readSettings = (env: ProcessEnv, readFile?: ReadFile): Settings => {
  const hubs = readHubs(env, readFile)
  const adminToken = readAdminToken(env, readFile)
  const metricsToken = readMetricsToken(env, adminToken, readFile)
  return {
    ...readListenAddress(env),
    hubs,
    adminToken,
    push: readPushSettings(env, { hubs: hubs.map(({ hub }) => hub), readFile }),
    ...(metricsToken !== undefined && { metricsToken }),
  }
}

const TOKEN = 'SWARMSPAWNER_ADMIN_TOKEN'
const readAdminToken = (env: ProcessEnv, readFile?: ReadFile): string | undefined => {
  const token = readSecret(env, TOKEN, readFile)
  if (token === undefined) return undefined
  return requireStrong(
    token,
    env[`${TOKEN}_FILE`] ? `${TOKEN}_FILE` : TOKEN,
    'do what every hub can',
  )
}

const readHubs = (env: ProcessEnv, readFile?: ReadFile): HubKeys[] => {
  const pairs = readPairs(env, readFile)
  if (pairs.length === 0)
    throw new EnvError(
      'Set SWARMSPAWNER_SECRET to the secret that the hub signs with; make one with: echo "whsec_$(openssl rand -base64 32)"',
    )
  refuseSharedSecrets(pairs)
  const byHub = Map.groupBy(pairs, ([hub]) => hub)
  refuseCollidingNames([...byHub.keys()])
  return [...byHub].map(([hub, secrets]) => ({
    hub,
    keys: secrets.map(([, secret]) => readKey(hub, secret)),
  }))
}

/** The names of the hubs for which the environment has secrets. Empty when it has none. Throws an EnvError. */
export const readHubNames = (env: ProcessEnv, readFile?: ReadFile): string[] => [
  ...new Set(readPairs(env, readFile).map(([hub]) => hub)),
]

const readPairs = (
  env: ProcessEnv,
  readFile?: ReadFile,
): (readonly [hub: string, secret: string])[] => {
  const single = readSecret(env, 'SWARMSPAWNER_SECRET', readFile)
  const next = readSecret(env, 'SWARMSPAWNER_NEXT_SECRET', readFile)
  const many = readSecret(env, 'SWARMSPAWNER_HUBS', readFile)
  const only = readHubName(env)
  // A stack has both all the time, and between two rotations they are the same.
  const own = new Set([...wordsOf(single), ...wordsOf(next)])
  return [
    ...[...own].map((secret) => [only, secret] as const),
    ...(many ? readHubPairs(many, NO_PAIRS) : []),
  ]
}

/**
 * Refuses hub names that collide, because the names of a hub's volumes and secrets begin with its name and a
 * dot.
 */
const refuseCollidingNames = (hubs: readonly string[]): void => {
  const [hub, other] = collidingHubs(hubs) ?? []
  if (hub !== undefined)
    throw new EnvError(
      `The names of the hubs "${hub}" and "${other}" collide: names in the swarm that begin with "${hub}." (in upper or lower case) belong to the first hub; rename one of them`,
    )
}

/** Refuses two hubs with the same secret, because the secret tells which hub calls. */
const refuseSharedSecrets = (pairs: readonly (readonly [hub: string, secret: string])[]): void => {
  const hubOf = new Map<string, string>()
  for (const [hub, secret] of pairs) {
    const other = hubOf.get(secret) ?? hub
    if (other !== hub)
      throw new EnvError(
        `The hubs "${other}" and "${hub}" have the same secret; each needs its own`,
      )
    hubOf.set(secret, hub)
  }
}

/** The name of the only hub, for settings that are about a single hub. */
export const readHubName = (env: ProcessEnv): string => {
  const name = env['SWARMSPAWNER_HUB'] || ONLY_HUB
  if (isHubName(name)) return name
  throw new EnvError('SWARMSPAWNER_HUB must be 1 to 63 letters, digits, dots, - and _')
}

/** A name with several pairs has several secrets, while they are rotated. */
const NO_PAIRS = 'SWARMSPAWNER_HUBS must be a list of name=whsec_..., separated by commas'

const readKey = (hub: string, secret: string): Key => {
  const key = importSecret(secret)
  if (key) return key
  throw new EnvError(
    `The secret of the hub "${hub}" cannot be used: it must be whsec_ and 24 to 64 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"`,
  )
}
