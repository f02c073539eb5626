import { ownerHash } from './service-name.ts'

const PREFIX = 'org.swarmspawner.'

/** Returns whether only we may set a label. */
export const isOurLabel = (name: string): boolean => name.startsWith(PREFIX)

/**
 * What our labels say about a server. They are on each service and each of its tasks, and they are our only
 * memory.
 */
export type ServerLabels = {
  hub: string
  /** The name of the service. The Engine's list of tasks only has the service's id. */
  serviceName: string
  username: string
  serverName: string
  spawnId: string
  /** When the hub asked for this start, in milliseconds. A start with a later time supersedes it. */
  issuedAt: number
  port: number
  startTimeoutS: number
  /** The slug of its profile. */
  profile?: string | undefined
  /** How long the server may run from `issuedAt` on, in seconds. */
  maxRuntimeS?: number | undefined
  /** The groups of its user whose quotas count it. */
  groups?: readonly string[] | undefined
  /** The image as it was asked for, if the service has a digest or an id in its place. */
  image?: string | undefined
  /** Whether only its user has named the image. */
  isUsersImage?: boolean | undefined
}

/** Makes our labels for a service and its containers. */
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
  ...(server.profile !== undefined && { [`${PREFIX}profile`]: server.profile }),
  ...(server.maxRuntimeS !== undefined && {
    [`${PREFIX}max-runtime`]: String(server.maxRuntimeS),
  }),
  ...(server.groups?.length && { [`${PREFIX}groups`]: JSON.stringify(server.groups) }),
  ...(server.image !== undefined && { [`${PREFIX}image`]: server.image }),
  ...(server.isUsersImage && { [`${PREFIX}image-by`]: 'user' }),
})

/** Reads our labels. Undefined when the service or task is not ours. */
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
    ...(labels[`${PREFIX}profile`] !== undefined && { profile: labels[`${PREFIX}profile`] }),
    ...(Number(labels[`${PREFIX}max-runtime`]) > 0 && {
      maxRuntimeS: Number(labels[`${PREFIX}max-runtime`]),
    }),
    ...(labels[`${PREFIX}groups`] !== undefined && {
      groups: readNames(labels[`${PREFIX}groups`]),
    }),
    ...(labels[`${PREFIX}image`] !== undefined && { image: labels[`${PREFIX}image`] }),
    ...(labels[`${PREFIX}image-by`] === 'user' && { isUsersImage: true }),
  }
}

const readNames = (text = ''): string[] => {
  try {
    const names: unknown = JSON.parse(text)
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
  } catch {
    return []
  }
}

/**
 * The label filter for all services of a hub. The Engine scans every service for it, so do not use it for one
 * server.
 */
export const hubFilter = (hub: string): string => `${PREFIX}hub=${hub}`

/** The label filters for the servers of one hub or of all, and of one user or of all. The Engine scans every service for them. */
export const searchFilters = ({
  hub,
  username,
}: {
  hub?: string | undefined
  username?: string | undefined
}): string[] => [
  hub === undefined ? ANY_HUB_FILTER : hubFilter(hub),
  ...(username === undefined ? [] : [`${PREFIX}username=${username}`]),
]

/** The label filter for the services of all hubs. The Engine scans every service for it. */
export const ANY_HUB_FILTER = `${PREFIX}hub`

/**
 * The label filters for the servers of one user, or for one server. The Engine scans every service for them.
 */
export const serverFilters = (
  hub: string,
  { username, server_name }: { username: string; server_name?: string | undefined },
): string[] => [
  hubFilter(hub),
  `${PREFIX}username=${username}`,
  ...(server_name === undefined ? [] : [`${PREFIX}server-name=${server_name}`]),
]
