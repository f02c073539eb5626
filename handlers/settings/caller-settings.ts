import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'

/** Limits for callers that have not yet proved to be a hub. */
export type CallerLimits = {
  /** The most connections without a verified call. */
  maxConnections: number
  /** The most such connections from one address. */
  maxConnectionsPerAddress: number
}

/**
 * 1024 connections take some 20 KiB each. A hub's burst of 256 calls still fits in besides strangers, also from
 * one address.
 */
const MAX_CONNECTIONS = 1024
const MAX_CONNECTIONS_PER_ADDRESS = 512

const TOTAL = 'SWARMSPAWNER_MAX_CONNECTIONS'
const PER_ADDRESS = 'SWARMSPAWNER_MAX_PER_ADDRESS'

/** Reads the limits for connections of unknown callers. Throws an EnvError. */
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
