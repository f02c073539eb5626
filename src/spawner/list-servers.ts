import type { Unread } from '../docker/list-in-parts.ts'
import { servicesOfHub, whyUnread } from './server/find-server.ts'
import { readLabels } from './server/labels.ts'
import { tasksByService } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { type ServerState, serverState, taskless, unreadable } from './state/server-state.ts'

/** A server of a hub, with what its service was made of and when. */
export type ListedServer = ServerState & {
  username: string
  server_name: string
  created_at: string
  image: string
  /** CPUs and bytes. Null means that there is no limit. */
  limits: { cpus: number | null; memory_bytes: number | null }
}

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
  const { items: services, unread } = await servicesOfHub(spawner, hub, { signal })
  const names = services.map(({ Spec }) => Spec.Name)
  const { tasks, troubles } = await tasksByService(spawner.docker, names, signal)
  const nodeName = await spawner.nodeNames([...tasks.values()].flat(), signal)
  const listed = services.map(({ ID, CreatedAt, Spec }): ListedServer => {
    const labels = readLabels(Spec.Labels)
    const service = { id: ID, spawnId: labels?.spawnId ?? null }
    const trouble = troubles.get(Spec.Name)
    const own = (tasks.get(Spec.Name) ?? []).filter(({ ServiceID }) => ServiceID === ID)
    const state =
      own.length > 0
        ? serverState(Spec.Name, own, nodeName)
        : trouble
          ? unreadable(Spec.Name, { ...service, reason: trouble.message })
          : taskless(Spec.Name, service)
    return {
      ...state,
      username: labels?.username ?? '',
      server_name: labels?.serverName ?? '',
      created_at: CreatedAt,
      image: Spec.TaskTemplate.ContainerSpec?.Image ?? '',
      limits: limitsOf(Spec.TaskTemplate.Resources?.Limits),
    }
  })
  return [...listed, ...unread.map(hidden)]
}

const hidden = (part: Unread): ListedServer => {
  const name = `id=${part.filters['id']?.join(',') ?? ''}`
  const state = unreadable(name, { id: null, spawnId: null, reason: whyUnread(part) })
  return { ...state, username: '', server_name: '', created_at: '', image: '', limits: limitsOf() }
}

/** The Engine means no limit by 0. */
const limitsOf = (
  limits?: { NanoCPUs?: number | undefined; MemoryBytes?: number | undefined } | null,
): ListedServer['limits'] => ({
  cpus: limits?.NanoCPUs ? limits.NanoCPUs / 1e9 : null,
  memory_bytes: limits?.MemoryBytes || null,
})
