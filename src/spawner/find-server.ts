import { findService, listServices, type Service } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { hubFilter, readLabels, type ServerLabels } from './labels.ts'
import type { ServerKey } from './server-key.ts'
import { serviceName } from './service-name.ts'
import type { Spawner } from './spawner.ts'

/** Says whether labels are those of this server of this hub; what carries others is never touched. */
export const isOf = (labels: ServerLabels | undefined, hub: string, server: ServerKey): boolean =>
  labels?.hub === hub &&
  labels.username === server.username &&
  labels.serverName === server.server_name

/** Keeps the tasks of one server of this hub. */
export const tasksOf = (tasks: readonly Task[], hub: string, server: ServerKey): Task[] =>
  tasks.filter((task) => isOf(readLabels(task.Spec.ContainerSpec?.Labels), hub, server))

/** Finds the service of a server, by its name or, where the prefix has changed since, by its labels. */
export const findServer = async (
  { docker }: Spawner,
  { hub, server, signal }: { hub: string; server: ServerKey; signal?: AbortSignal },
): Promise<Service | undefined> => {
  const byName = await findService(docker, { id: serviceName(server), signal })
  if (byName && isOf(readLabels(byName.Spec.Labels), hub, server)) return byName
  return (await servicesOfHub({ docker }, hub, signal)).find(({ Spec }) =>
    isOf(readLabels(Spec.Labels), hub, server),
  )
}

/** Lists all services of a hub; the Engine scans every service for that. */
export const servicesOfHub = (
  { docker }: Pick<Spawner, 'docker'>,
  hub: string,
  signal?: AbortSignal,
): Promise<Service[]> => listServices(docker, { filters: { label: [hubFilter(hub)] }, signal })
