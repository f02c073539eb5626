import { asList, type Entry, invalid, readFields, type Spellings } from './entries.ts'

/** The Engine's fields of a NetworkAttachmentConfig, and docker-py's names for them. */
export const ATTACHMENT: Spellings = {
  Target: ['target', 'name'],
  Aliases: ['aliases'],
  DriverOpts: ['driver_opts', 'options'],
}

/** Each is a question to the Engine; no container is in as many. */
const MAX_NETWORKS = 64

const atMost = <T>(max: number, list: readonly T[], at: string): readonly T[] => {
  if (list.length <= max) return list
  throw invalid(at, `has ${list.length} networks; a server can have ${max}`)
}

/**
 * Reads `networks`: names, ids or attachment objects; one alone stands for a list of one. They go into the task
 * template: Engines since API 1.44 ignore those of the service.
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

/** Says whether a network is one that every Engine has: it is the node's own, without names in a DNS. */
export const isPredefined = (name: string): boolean => PREDEFINED.has(name.trim().toLowerCase())
