import { asList, type Entry, invalid, readFields, type Spellings } from './entries.ts'

/** The Engine's fields of a NetworkAttachmentConfig, each with docker-py's names for it. */
export const ATTACHMENT: Spellings = {
  Target: ['target', 'name'],
  Aliases: ['aliases'],
  DriverOpts: ['driver_opts', 'options'],
}

/** Each network needs a request to the Engine, and no container is in 64 networks. */
const MAX_NETWORKS = 64

const atMost = <T>(max: number, list: readonly T[], at: string): readonly T[] => {
  if (list.length <= max) return list
  throw invalid(at, `has ${list.length} networks; a server can have ${max}`)
}

/**
 * Reads `networks`: names, ids or attachment objects. A single one counts as a list of one. They go into the
 * task template, because Engines since API 1.44 ignore the service's own list.
 */
export const readNetworks = (input: unknown, at: string): Entry => ({
  path: ['TaskTemplate', 'Networks'],
  value: atMost(MAX_NETWORKS, asList(input), at).map((network, index) =>
    typeof network === 'string'
      ? { Target: network }
      : readFields(network, ATTACHMENT, `${at}.${index}`),
  ),
  from: at,
})

const PREDEFINED = new Set([
  'host',
  'bridge',
  'none',
  'null',
  'ingress',
  'docker_gwbridge',
  'default',
])

/**
 * Returns whether a network is one that every Engine has. Such a network is local to its node and has no DNS
 * for names.
 */
export const isPredefined = (name: string): boolean => PREDEFINED.has(name.trim().toLowerCase())
