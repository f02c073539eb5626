import { ownerHash } from './service-name.ts'

const PREFIX = 'org.swarmspawner.'

/** Says whether a label is ours to write: nobody else may set these. */
export const isOurLabel = (name: string): boolean => name.startsWith(PREFIX)

/** What every service of ours says about itself, and each of its tasks too: the only memory we have. */
export type ServerLabels = {
  hub: string
  /** The Engine's list of tasks names no service, only its id. */
  serviceName: string
  username: string
  serverName: string
  spawnId: string
  /** When the hub asked for this start, in milliseconds; a greater one supersedes. */
  issuedAt: number
  port: number
  startTimeoutS: number
}

/** Writes our labels, for the service and its containers. */
export const writeLabels = (server: ServerLabels): Record<string, string> => ({
  [`${PREFIX}hub`]: server.hub,
  [`${PREFIX}service-name`]: server.serviceName,
  [`${PREFIX}owner`]: ownerHash(server.username),
  [`${PREFIX}username`]: server.username,
  [`${PREFIX}server-name`]: server.serverName,
  [`${PREFIX}spawn-id`]: server.spawnId,
  [`${PREFIX}issued-at`]: String(server.issuedAt),
  [`${PREFIX}port`]: String(server.port),
  [`${PREFIX}start-timeout`]: String(server.startTimeoutS),
})

/** Reads our labels; undefined for a service or task that is not ours. */
export const readLabels = (
  labels: Readonly<Record<string, string>> | null | undefined,
): ServerLabels | undefined => {
  const hub = labels?.[`${PREFIX}hub`]
  const username = labels?.[`${PREFIX}username`]
  if (!labels || hub === undefined || username === undefined) return undefined
  return {
    hub,
    serviceName: labels[`${PREFIX}service-name`] ?? '',
    username,
    serverName: labels[`${PREFIX}server-name`] ?? '',
    spawnId: labels[`${PREFIX}spawn-id`] ?? '',
    issuedAt: Number(labels[`${PREFIX}issued-at`]) || 0,
    port: Number(labels[`${PREFIX}port`]) || 0,
    startTimeoutS: Number(labels[`${PREFIX}start-timeout`]) || 0,
  }
}

/** The label filter that finds all services of a hub; it scans every service, so not for one server. */
export const hubFilter = (hub: string): string => `${PREFIX}hub=${hub}`

/** The label filters that find the servers of one user, or one of them by its name; they scan every service, too. */
export const serverFilters = (
  hub: string,
  { username, server_name }: { username: string; server_name?: string | undefined },
): string[] => [
  hubFilter(hub),
  `${PREFIX}username=${username}`,
  ...(server_name === undefined ? [] : [`${PREFIX}server-name=${server_name}`]),
]
