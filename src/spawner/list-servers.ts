import * as v from 'valibot'
import type { Unread } from '../docker/list-in-parts.ts'
import type { ServiceSummary } from '../docker/services.ts'
import { withUpdate } from './images/with-update.ts'
import { servicesOfHub, whyUnread } from './server/find-server.ts'
import { readLabels } from './server/labels.ts'
import { tasksByService } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { ServerState, serverState, taskless, unreadable } from './state/server-state.ts'

/** The most that a server may use. Null means that there is no limit. */
export const ServerLimits = v.object({
  cpus: v.nullable(v.number()),
  memory_bytes: v.nullable(v.number()),
})

/** A server of a hub, with what its service was made of and when. */
export const ListedServer = v.object({
  ...ServerState.entries,
  hub: v.string(),
  username: v.string(),
  server_name: v.string(),
  created_at: v.string(),
  image: v.string(),
  limits: ServerLimits,
})
export type ListedServer = v.InferOutput<typeof ListedServer>

/**
 * Lists all servers of a hub without changing any. It takes two calls to the Engine, and one more for every 200
 * servers. Services that cannot be read come last: they have no user, and are named by the beginning of their
 * ids.
 */
export const listServers = async (
  spawner: Spawner,
  hub: string,
  signal: AbortSignal,
): Promise<ListedServer[]> => {
  const { items, unread } = await servicesOfHub(spawner, hub, { signal })
  const listed = await describeServers(spawner, items, signal)
  return [...listed, ...unread.map((part) => hidden(hub, part))]
}

/** Says the state of the server of each service, in one call to the Engine for every 200. */
export const describeServers = async (
  spawner: Spawner,
  services: readonly ServiceSummary[],
  signal: AbortSignal,
): Promise<ListedServer[]> => {
  const names = services.map(({ Spec }) => Spec.Name)
  const { tasks, troubles } = await tasksByService(spawner.docker, names, signal)
  const nodeName = await spawner.nodeNames([...tasks.values()].flat(), signal)
  return services.map((service): ListedServer => {
    const { ID, Spec } = service
    const known = { id: ID, spawnId: readLabels(Spec.Labels)?.spawnId ?? null }
    const trouble = troubles.get(Spec.Name)
    const own = (tasks.get(Spec.Name) ?? []).filter(({ ServiceID }) => ServiceID === ID)
    if (own.length > 0)
      return withService(withUpdate(spawner, serverState(Spec.Name, own, nodeName), own), service)
    if (!trouble) return withService(taskless(Spec.Name, known), service)
    return withService(unreadable(Spec.Name, { ...known, reason: trouble.message }), service)
  })
}

/** Adds to a state what the server's service tells. */
export const withService = (
  state: ServerState,
  { CreatedAt, Spec }: ServiceSummary,
): ListedServer => {
  const labels = readLabels(Spec.Labels)
  return {
    ...state,
    hub: labels?.hub ?? '',
    username: labels?.username ?? '',
    server_name: labels?.serverName ?? '',
    created_at: CreatedAt,
    image: labels?.image ?? Spec.TaskTemplate.ContainerSpec?.Image ?? '',
    limits: limitsOf(Spec.TaskTemplate.Resources?.Limits),
  }
}

const hidden = (hub: string, part: Unread): ListedServer => {
  const name = `id=${part.filters['id']?.join(',') ?? ''}`
  const state = unreadable(name, { id: null, spawnId: null, reason: whyUnread(part) })
  const unknown = { username: '', server_name: '', created_at: '', image: '', limits: limitsOf() }
  return { ...state, hub, ...unknown }
}

/** The Engine means no limit by 0. */
const limitsOf = (
  limits?: { NanoCPUs?: number | undefined; MemoryBytes?: number | undefined } | null,
): ListedServer['limits'] => ({
  cpus: limits?.NanoCPUs ? limits.NanoCPUs / 1e9 : null,
  memory_bytes: limits?.MemoryBytes || null,
})
