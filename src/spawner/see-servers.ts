import type { DockerError } from '../docker/errors.ts'
import { withUpdate } from './images/with-update.ts'
import { withMaintenance } from './maintenance/with-maintenance.ts'
import type { PolledServer, PollOptions, SeenServer } from './polled-server.ts'
import { tasksOf } from './server/find-server.ts'
import { serviceName } from './server/service-name.ts'
import { tasksByService } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { type ServerState, serverState, unreadable } from './state/server-state.ts'

/**
 * Lists the tasks of servers, in one Engine call for all of them, and says the state that the tasks show: `absent` for a
 * server without tasks. Remembers the services, so that a stop need not look for them.
 */
export const seeServers = async (
  spawner: Spawner,
  { hub, signal }: PollOptions,
  servers: readonly PolledServer[],
): Promise<SeenServer[]> => {
  const named = servers.map((server) => ({ server, name: serviceName(server) }))
  const names = named.map(({ name }) => name)
  const { tasks, troubles } = await tasksByService(spawner.docker, names, signal)
  const [trouble] = troubles.values()
  // If no server can be read, the error says more than a state would.
  if (trouble && troubles.size === new Set(names).size) throw trouble
  const owned = named.map(({ server, name }) => ({
    server,
    name,
    tasks: tasksOf(tasks.get(name) ?? [], hub, server),
  }))
  const nodeName = await spawner.nodeNames(
    owned.flatMap(({ tasks }) => tasks),
    signal,
  )
  const seen = owned.map(
    ({ server, name, tasks }): SeenServer => ({
      server,
      tasks,
      state:
        stateOfUnread(spawner, { hub, server }, { name, trouble: troubles.get(name) }) ??
        withMaintenance(
          spawner,
          withUpdate(spawner, serverState(name, tasks, nodeName), tasks),
          tasks,
        ),
    }),
  )
  for (const one of seen) remember(spawner, hub, one)
  return seen
}

const remember = ({ knownServices }: Spawner, hub: string, { server, state }: SeenServer): void => {
  const { service_id: serviceId, spawn_id: spawnId } = state
  if (serviceId && spawnId) knownServices.remember({ hub, server, spawnId }, serviceId)
}

/** The state of a server whose tasks could not be read; undefined for all others. */
const stateOfUnread = (
  { knownServices }: Spawner,
  { hub, server: { spawn_id: spawnId, ...server } }: { hub: string; server: PolledServer },
  { name, trouble }: { name: string; trouble: DockerError | undefined },
): ServerState | undefined => {
  if (!trouble) return undefined
  const id = spawnId === undefined ? undefined : knownServices.find({ hub, server, spawnId })
  const service = { id: id ?? null, spawnId: spawnId ?? null }
  return unreadable(name, { ...service, reason: trouble.message })
}
