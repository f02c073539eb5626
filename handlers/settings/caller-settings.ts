import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'

/** How much callers may take who have not shown yet that they are a hub. */
export type CallerLimits = {
  /** Connections on which no verified call is being answered. */
  maxConnections: number
  /** Those of one address. */
  maxConnectionsPerAddress: number
}

/** Each takes some 20 KiB; a hub's burst of 256 calls of its own fits in beside strangers. */
const MAX_CONNECTIONS = 1024
const MAX_CONNECTIONS_PER_ADDRESS = 512

const TOTAL = 'SWARMSPAWNER_MAX_CONNECTIONS'
const PER_ADDRESS = 'SWARMSPAWNER_MAX_PER_ADDRESS'

/** Reads how many connections callers may have who are not known. Throws an EnvError. */
export const readCallerLimits = (env: ProcessEnv): CallerLimits => {
  const maxConnections = readNumber(TOTAL, env[TOTAL]) ?? MAX_CONNECTIONS
  const maxConnectionsPerAddress =
    readNumber(PER_ADDRESS, env[PER_ADDRESS]) ??
    Math.min(maxConnections, MAX_CONNECTIONS_PER_ADDRESS)
  return { maxConnections, maxConnectionsPerAddress }
}

const readNumber = (name: string, text: string | undefined): number | undefined => {
  if (!text) return undefined
  if (/^\d{2,6}$/.test(text) && Number(text) >= 16) return Number(text)
  throw new EnvError(`${name} must be a number from 16 to 999999, such as ${MAX_CONNECTIONS}`)
}
