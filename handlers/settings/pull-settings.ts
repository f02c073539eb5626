import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { PULL_PATIENCE_MS } from '../../src/spawner/state/failing-pull.ts'
import { EnvError } from './env-error.ts'
import { readDuration } from './gc-settings.ts'

const NAME = 'SWARMSPAWNER_PULL_PATIENCE'
/** A day is longer than any start. With it, a start ends only by its own timeout. */
const MAX_PATIENCE_MS = 86_400_000

/**
 * How long a pull may fail with the same words before its start is given up, in milliseconds. Throws an
 * EnvError.
 */
export const readPullPatience = (env: ProcessEnv): number => {
  const text = env['SWARMSPAWNER_PULL_PATIENCE']
  if (!text) return PULL_PATIENCE_MS
  const patienceMs = readDuration(text, NAME)
  if (patienceMs >= 0 && patienceMs <= MAX_PATIENCE_MS) return patienceMs
  throw new EnvError(`${NAME} must be between 0s and 24h, such as 1m`)
}
