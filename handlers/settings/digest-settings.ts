import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { DIGEST_TTL_MS } from '../../src/spawner/images/digests.ts'
import { EnvError } from './env-error.ts'
import { readDuration } from './gc-settings.ts'

const NAME = 'SWARMSPAWNER_DIGEST_TTL'
/** A week: after that nobody would expect that a tag still means the same. */
const MAX_TTL_MS = 604_800_000

/** How long the digest of a tag is good, in milliseconds. 0: each start asks the registry. Throws an EnvError. */
export const readDigestTtl = (env: ProcessEnv): number => {
  const text = env['SWARMSPAWNER_DIGEST_TTL']
  if (!text) return DIGEST_TTL_MS
  const ttlMs = readDuration(text, NAME)
  if (ttlMs >= 0 && ttlMs <= MAX_TTL_MS) return ttlMs
  throw new EnvError(`${NAME} must be between 0s and 168h, such as 5m`)
}
