import type { DockerError } from '../docker/errors.ts'
import type { Listing } from '../docker/list-in-parts.ts'
import { MOST_NAMES } from '../docker/names-at-once.ts'
import { type ServiceSummary, summarizeServices } from '../docker/services.ts'
import type { PollOptions, SeenServer } from './polled-server.ts'
import { byServer, servicesOfHub, servicesOfUser, tasksOf } from './server/find-server.ts'
import { hubFilter, isOurLabel, readLabels } from './server/labels.ts'
import type { ServerKey } from './server/server-key.ts'
import { serviceName } from './server/service-name.ts'
import { tasksByService } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { scaledToNone, serverState, taskless, withUserMessage } from './state/server-state.ts'

/** The services of servers that have no task under the name that they should have. */
export type FoundServices = {
  serviceOf: (server: ServerKey) => ServiceSummary | undefined
  /** Why a part of the services could not be read: a service that was not found may be among them. */
  unread: DockerError | undefined
}

/** Finds the services of servers without a task, in two Engine calls at most; without servers in none. */
export const findServices = async (
  spawner: Spawner,
  options: PollOptions,
  missing: readonly SeenServer[],
): Promise<FoundServices> => {
  const { items, unread } =
    missing.length > 0 ? await listServices(spawner, options, missing) : NOTHING
  return { serviceOf: byServer(options.hub, items), unread: unread[0]?.error }
}

/** Lists by name, which is cheap; then by labels, for servers that were started under a former `service_prefix`. */
const listServices = async (
  spawner: Spawner,
  { hub, signal }: PollOptions,
  missing: readonly SeenServer[],
): Promise<Listing<ServiceSummary>> => {
  const names = new Set(missing.map(({ state }) => state.service_name))
  const filters = { name: [...names], label: [hubFilter(hub)] }
  const byName =
    names.size <= MOST_NAMES
      ? await summarizeServices(spawner.docker, { filters, keepsLabel: isOurLabel, signal })
      : NOTHING
  // The Engine also lists names that only begin like these.
  const items = byName.items.filter(
    ({ Spec }) => names.has(Spec.Name) && readLabels(Spec.Labels)?.hub === hub,
  )
  if (items.length === names.size) return { items, unread: [] }
  const [only] = missing
  const byLabels =
    only && missing.length === 1
      ? await servicesOfUser(spawner, { hub, server: only.server, signal })
      : await servicesOfHub(spawner, hub, { signal })
  return { ...byLabels, items: [...items, ...byLabels.items] }
}

const NOTHING: Listing<ServiceSummary> = { items: [], unread: [] }

/**
 * Says what the service of a server without a task shows: tasks under a former name, or none yet. Without a service the
 * server is `absent`. Throws why services could not be read, where this one may be among them.
 */
export const seeService = async (
  spawner: Spawner,
  options: PollOptions,
  { missing, found }: { missing: SeenServer; found: FoundServices },
): Promise<SeenServer> => {
  const service = found.serviceOf(missing.server)
  if (service) return seeFound(spawner, options, { missing, service })
  if (found.unread) throw found.unread
  return withWhyAbsent(missing)
}

const seeFound = async (
  spawner: Spawner,
  { hub, signal }: PollOptions,
  { missing, service }: { missing: SeenServer; service: ServiceSummary },
): Promise<SeenServer> => {
  const { server } = missing
  const { ID, Spec } = service
  // Its tasks were listed a moment ago by the name that it should have, and there was none.
  const isListed = Spec.Name === serviceName(server)
  const listed = isListed ? undefined : await tasksByService(spawner.docker, [Spec.Name], signal)
  const trouble = listed?.troubles.get(Spec.Name)
  if (trouble) throw trouble
  const tasks = tasksOf(listed?.tasks.get(Spec.Name) ?? [], hub, server)
  if (tasks.length > 0) {
    const state = serverState(Spec.Name, tasks, await spawner.nodeNames(tasks, signal))
    return { server, tasks, state }
  }
  const known = { id: ID, spawnId: readLabels(Spec.Labels)?.spawnId ?? null }
  const isWanted = Spec.Mode?.Replicated?.Replicas !== 0
  return { server, tasks, state: (isWanted ? taskless : scaledToNone)(Spec.Name, known) }
}

/** A hub that still asks for a spawn id did not stop that spawn, so we say why it is gone. */
const withWhyAbsent = (missing: SeenServer): SeenServer =>
  missing.server.spawn_id === undefined
    ? missing
    : {
        ...missing,
        state: withUserMessage({
          ...missing.state,
          reason:
            'Its service is gone: somebody removed it (docker service rm), or its end has been told before',
        }),
      }
