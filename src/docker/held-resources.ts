import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { pickLabels } from './labels.ts'
import { listInParts, wholeOf } from './list-in-parts.ts'
import { OfferedResource } from './nodes.ts'
import { type CallOptions, request } from './request.ts'

const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

/** What a task or service reserves. */
export const Reservations = v.object({
  NanoCPUs: v.optional(v.number()),
  MemoryBytes: v.optional(v.number()),
  GenericResources: maybe(v.array(OfferedResource)),
})

const HoldingTasks = v.array(
  v.object({
    NodeID: v.optional(v.string(), ''),
    Spec: v.object({
      ContainerSpec: maybe(v.object({ Labels: maybe(v.record(v.string(), v.string())) })),
      Resources: maybe(v.object({ Reservations: maybe(Reservations) })),
    }),
    Status: v.object({ State: v.string(), Timestamp: v.string() }),
  }),
)

/** What one task holds of its node. */
export type HeldResources = {
  nodeId: string
  /** When the task came into its present state. It holds the resources at least since then. ISO 8601. */
  since: string
  reservations: v.InferOutput<typeof Reservations>
  labels: Readonly<Record<string, string>>
}

/**
 * The states in which Swarm's scheduler counts what a task reserves (swarmkit, manager/scheduler): from the moment when a node
 * is chosen until the node has confirmed the end, whatever state is wanted.
 */
export const HOLDING: ReadonlySet<string> = new Set([
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
])

/**
 * `GET /tasks`: what the tasks of all services hold of their nodes. Tasks that reserve nothing are left out. Of the labels, only
 * those are kept that `keepsLabel` accepts. Swarm has no narrower list, so share the answer.
 */
export const listHeldResources = async (
  docker: Docker,
  { keepsLabel, ...options }: CallOptions & { keepsLabel: (name: string) => boolean },
): Promise<HeldResources[]> => {
  const ask = async (filters: Filters, isSkimmed: boolean) => {
    const query = { filters: encodeFilters(filters) }
    const skim = isSkimmed ? { keepsKey: keepsLabel } : undefined
    const call = { ...options, method: 'GET', path: '/tasks', query, skim } as const
    const tasks = await request(docker, { ...call, schema: HoldingTasks })
    return tasks.flatMap((task) => heldBy(task, keepsLabel))
  }
  return wholeOf(await listInParts(ask, [{}]))
}

const heldBy = (
  { NodeID, Spec, Status }: v.InferOutput<typeof HoldingTasks>[number],
  keepsLabel: (name: string) => boolean,
): HeldResources[] => {
  const reservations = Spec.Resources?.Reservations
  if (!reservations || NodeID === '' || !HOLDING.has(Status.State)) return []
  const labels = pickLabels(Spec.ContainerSpec?.Labels, keepsLabel)
  return [{ nodeId: NodeID, since: Status.Timestamp, reservations, labels }]
}
