import * as v from 'valibot'
import { chunks } from '../docker/list-in-parts.ts'
import { MOST_NAMES } from '../docker/names-at-once.ts'
import { type ServiceSummary, summarizeServices } from '../docker/services.ts'
import { describeServers, ListedServer } from './list-servers.ts'
import { whyUnread } from './server/find-server.ts'
import { isOurLabel, readLabels, searchFilters } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import type { ServerState } from './state/server-state.ts'

/** Which servers to find. What is left out does not matter. */
export type ServerSearch = {
  hub?: string | undefined
  username?: string | undefined
  state?: ServerState['state'] | undefined
  /** The host name of a node. */
  node?: string | undefined
  /** Only servers whose service names come after this one. */
  after?: string | undefined
  /** The most servers of one page. */
  limit: number
}

/** One page of servers, in the order of their service names. */
export const ServersPage = v.object({
  servers: v.array(ListedServer),
  /** Send it as `after` to get the next page. Null on the last page. */
  next: v.nullable(v.string()),
  /** One sentence for each part of the swarm's services that could not be read. */
  unread: v.array(v.string()),
})
export type ServersPage = v.InferOutput<typeof ServersPage>

/**
 * Finds servers of any hub without changing any. It takes one call to the Engine for the services, and one for every
 * 200 servers that it has to look at: those of the page or, to find states and nodes, also those between.
 */
export const findServers = async (
  spawner: Spawner,
  search: ServerSearch,
  signal: AbortSignal,
): Promise<ServersPage> => {
  const { items, unread } = await summarizeServices(spawner.docker, {
    filters: { label: searchFilters(search) },
    keepsLabel: isOurLabel,
    signal,
  })
  const services = items.filter((service) => isMeant(service, search)).sort(byName)
  const servers: ListedServer[] = []
  const size = search.state || search.node ? MOST_NAMES : Math.min(MOST_NAMES, search.limit)
  for (const some of chunks(services, size)) {
    if (servers.length >= search.limit) break
    const described = await describeServers(spawner, some, signal)
    servers.push(...described.filter((server) => isFound(server, search)))
  }
  const page = servers.slice(0, search.limit)
  const last = page.at(-1)?.service_name
  const isLast = page.length < search.limit || last === services.at(-1)?.Spec.Name
  return { servers: page, next: isLast ? null : (last ?? null), unread: unread.map(whyUnread) }
}

const isMeant = ({ Spec }: ServiceSummary, { hub, username, after }: ServerSearch): boolean => {
  const labels = readLabels(Spec.Labels)
  return (
    labels !== undefined &&
    (hub === undefined || labels.hub === hub) &&
    (username === undefined || labels.username === username) &&
    (after === undefined || Spec.Name > after)
  )
}

const byName = (one: ServiceSummary, other: ServiceSummary): number =>
  one.Spec.Name < other.Spec.Name ? -1 : 1

const isFound = (server: ListedServer, { state, node }: ServerSearch): boolean =>
  (state === undefined || server.state === state) &&
  (node === undefined || server.task?.node === node)
