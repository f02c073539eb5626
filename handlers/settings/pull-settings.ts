import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { PULL_PATIENCE_MS } from '../../src/spawner/state/failing-pull.ts'
import { EnvError } from './env-error.ts'
import { readDuration } from './gc-settings.ts'

const EVERY = 'SWARMSPAWNER_PULL_EVERY'
/** 10 minutes: a node that joins has its images before a class comes. Without due images, a look is one small list. */
const EVERY_MS = 600_000
/** The longest time of a Node.js timer: 24.8 days. */
const MAX_EVERY_MS = 2 ** 31 - 1

/** How often the service looks whether nodes lack images that are due, in milliseconds. Undefined means never. Throws an EnvError. */
export const readPullEvery = (env: ProcessEnv): number | undefined => {
  const text = env['SWARMSPAWNER_PULL_EVERY']
  if (!text) return EVERY_MS
  if (text === 'never') return undefined
  const everyMs = readDuration(text, EVERY)
  if (everyMs >= 1000 && everyMs <= MAX_EVERY_MS) return everyMs
  throw new EnvError(`${EVERY} must be never, or between 1s and 596h, such as 10m`)
}

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
