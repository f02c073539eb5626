import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { listInParts, wholeOf } from './list-in-parts.ts'
import { type CallOptions, request } from './request.ts'
import { hasEnded } from './task-ends.ts'

const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

const AttachedTasks = v.array(
  v.object({
    UpdatedAt: v.string(),
    NodeID: v.optional(v.string()),
    DesiredState: v.string(),
    Spec: v.object({
      ContainerSpec: maybe(v.object({ StopGracePeriod: v.optional(v.number()) })),
    }),
    Status: v.object({ State: v.string() }),
    NetworksAttachments: maybe(
      v.array(
        v.object({ Network: v.object({ ID: v.string() }), Addresses: maybe(v.array(v.string())) }),
      ),
    ),
  }),
)
type AttachedTask = v.InferOutput<typeof AttachedTasks>[number]

const Endpoints = v.array(
  v.object({
    Endpoint: maybe(
      v.object({
        VirtualIPs: maybe(
          v.array(v.object({ NetworkID: v.string(), Addr: v.optional(v.string(), '') })),
        ),
      }),
    ),
  }),
)

/** The tasks, services and nodes that have addresses of a network. */
export type AddressHolders = {
  /** Addresses of tasks, virtual IPs of services, and one address of each node's load balancer. */
  count: number
  /** Tasks that Swarm takes away, and that have not ended: since when, and what their containers may take to stop. */
  leaving: readonly { since: number; graceMs: number }[]
}

/** Docker's own time for a container to stop. */
const DEFAULT_GRACE_MS = 10_000

/**
 * `GET /tasks` and `GET /services`: who has addresses of which network, by the network's id. Containers in an attachable
 * network are tasks as well. Swarm has no narrower list, so ask only where something is wrong.
 */
export const addressHolders = async (
  docker: Docker,
  options: CallOptions = {},
): Promise<ReadonlyMap<string, AddressHolders>> => {
  const [uses, virtualIps] = await Promise.all([
    list(
      docker,
      { ...options, path: '/tasks', schema: AttachedTasks, filters: ALL_RUNTIMES },
      usesOf,
    ),
    list(docker, { ...options, path: '/services', schema: Endpoints, filters: {} }, virtualIpsOf),
  ])
  const ofNetwork = Map.groupBy([...uses, ...virtualIps], ({ networkId }) => networkId)
  return new Map([...ofNetwork].map(([id, all]) => [id, holdersOf(all)]))
}

/** Without a word about runtimes, the Engine leaves out the containers that `docker run` attaches to a network. */
const ALL_RUNTIMES: Filters = { runtime: ['container', 'attachment'] }

/** What one task or service has of one network. */
type Use = {
  networkId: string
  addresses: number
  nodeId?: string | undefined
  leaving?: AddressHolders['leaving'][number]
}

const usesOf = (task: AttachedTask): Use[] => {
  const { NodeID, Status, DesiredState, UpdatedAt, Spec } = task
  // Swarm takes the addresses back as soon as a task has ended, though the task still names them.
  if (hasEnded(Status.State)) return []
  const graceNs = Spec.ContainerSpec?.StopGracePeriod
  const graceMs = graceNs === undefined ? DEFAULT_GRACE_MS : graceNs / 1e6
  const isLeaving = DesiredState === 'shutdown' || DesiredState === 'remove'
  return (task.NetworksAttachments ?? []).map(({ Network, Addresses }) => ({
    networkId: Network.ID,
    addresses: (Addresses ?? []).length,
    nodeId: NodeID,
    ...(isLeaving && { leaving: { since: Date.parse(UpdatedAt), graceMs } }),
  }))
}

const virtualIpsOf = ({ Endpoint }: v.InferOutput<typeof Endpoints>[number]): Use[] =>
  (Endpoint?.VirtualIPs ?? []).map(({ NetworkID, Addr }) => ({
    networkId: NetworkID,
    addresses: Addr === '' ? 0 : 1,
  }))

const holdersOf = (uses: readonly Use[]): AddressHolders => ({
  count:
    uses.reduce((sum, { addresses }) => sum + addresses, 0) +
    new Set(uses.flatMap(({ nodeId }) => nodeId || [])).size,
  leaving: uses.flatMap(({ leaving }) => leaving ?? []),
})

/** Lists all, in parts where it is too large for one answer, and holds of each only what `pick` makes of it. */
const list = async <S extends v.GenericSchema<unknown, readonly unknown[]>>(
  docker: Docker,
  {
    path,
    schema,
    filters,
    ...options
  }: CallOptions & { path: string; schema: S; filters: Filters },
  pick: (item: v.InferOutput<S>[number]) => Use[],
): Promise<Use[]> => {
  const ask = async (part: Filters, isSkimmed: boolean) => {
    const query = { filters: encodeFilters(part) }
    const skim = isSkimmed ? { keepsKey: () => false } : undefined
    return (
      await request(docker, { ...options, method: 'GET', path, query, schema, skim })
    ).flatMap(pick)
  }
  return wholeOf(await listInParts(ask, [filters]))
}
