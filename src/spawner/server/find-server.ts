import { type Listing, type Unread, wholeOf } from '../../docker/list-in-parts.ts'
import {
  findServiceSummary,
  type ServiceSummary,
  summarizeServices,
} from '../../docker/services.ts'
import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'
import { hubFilter, isOurLabel, readLabels, type ServerLabels, serverFilters } from './labels.ts'
import type { ServerKey } from './server-key.ts'
import { serviceName } from './service-name.ts'

/** Returns whether labels belong to this server of this hub. We never touch a service with other labels. */
export const isOf = (labels: ServerLabels | undefined, hub: string, server: ServerKey): boolean =>
  labels?.hub === hub &&
  labels.username === server.username &&
  labels.serverName === server.server_name

/** The tasks of one server of this hub. */
export const tasksOf = (tasks: readonly Task[], hub: string, server: ServerKey): Task[] =>
  tasks.filter((task) => isOf(readLabels(task.Spec.ContainerSpec?.Labels), hub, server))

/** Makes a lookup of the services of a hub by server. The first service of a server counts. */
export const byServer = (
  hub: string,
  services: readonly ServiceSummary[],
): ((server: ServerKey) => ServiceSummary | undefined) => {
  const found = new Map<string, ServiceSummary>()
  for (const service of services) {
    const labels = readLabels(service.Spec.Labels)
    if (labels?.hub !== hub) continue
    const key = textOf(labels.username, labels.serverName)
    if (!found.has(key)) found.set(key, service)
  }
  return ({ username, server_name }) => found.get(textOf(username, server_name))
}

const textOf = (username: string, serverName: string): string =>
  JSON.stringify([username, serverName])

/**
 * Finds the service of a server by its name. If the prefix has changed since its start, finds it by its labels.
 */
export const findServer = async (
  { docker }: Spawner,
  { hub, server, signal }: { hub: string; server: ServerKey; signal?: AbortSignal },
): Promise<ServiceSummary | undefined> => {
  const byName = await findServiceSummary(docker, {
    id: serviceName(server),
    keepsLabel: isOurLabel,
    signal,
  })
  if (byName && isOf(readLabels(byName.Spec.Labels), hub, server)) return byName
  const listing = await servicesOfUser({ docker }, { hub, server, signal })
  const found = listing.items.find(({ Spec }) => isOf(readLabels(Spec.Labels), hub, server))
  // The server's service may be one that could not be read.
  if (!found) wholeOf(listing)
  return found
}

/** Lists all services of a hub. The Engine scans every service for this. */
export const servicesOfHub = (
  { docker }: Pick<Spawner, 'docker'>,
  hub: string,
  { signal, patienceMs }: { signal?: AbortSignal | undefined; patienceMs?: number } = {},
): Promise<Listing<ServiceSummary>> =>
  summarizeServices(docker, {
    filters: { label: [hubFilter(hub)] },
    keepsLabel: isOurLabel,
    patienceMs,
    signal,
  })

/**
 * Lists the services of one user of a hub, or of one server. Other users' services cannot make this list too
 * large.
 */
export const servicesOfUser = (
  { docker }: Pick<Spawner, 'docker'>,
  {
    hub,
    server,
    signal,
  }: {
    hub: string
    server: { username: string; server_name?: string | undefined }
    signal?: AbortSignal | undefined
  },
): Promise<Listing<ServiceSummary>> =>
  summarizeServices(docker, {
    filters: { label: serverFilters(hub, server) },
    keepsLabel: isOurLabel,
    signal,
  })

/** Why some services could not be read, in one sentence that names them. */
export const whyUnread = ({ filters, error }: Unread): string =>
  `${filters['id'] ? `services whose ids begin with ${filters['id'].join(', ')}: ` : ''}${error.message}`
