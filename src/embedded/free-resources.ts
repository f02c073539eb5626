import * as v from 'valibot'
import { OfferedResource } from '../docker/nodes.ts'
import { hasStopped } from '../docker/task-ends.ts'
import { tasksOfRun } from './service-runs.ts'
import type { EmbeddedNode, EmbeddedRun, Swarm } from './swarm.ts'
import type { TaskTemplate } from './wire/service-body.ts'

/** Amounts by name. The kinds of generic resources have a prefix, so that a kind called `MemoryBytes` is another amount. */
type Amounts = ReadonlyMap<string, number>

const Generic = v.fallback(v.array(OfferedResource), [])

const amountsOf = (resources: {
  NanoCPUs?: number | null | undefined
  MemoryBytes?: number | null | undefined
  GenericResources?: unknown
}): Amounts => {
  const amounts = new Map([
    ['NanoCPUs', resources.NanoCPUs ?? 0],
    ['MemoryBytes', resources.MemoryBytes ?? 0],
  ])
  const generic = v.parse(Generic, resources.GenericResources ?? [])
  for (const { DiscreteResourceSpec, NamedResourceSpec } of generic) {
    const name = `kind ${(DiscreteResourceSpec ?? NamedResourceSpec)?.Kind}`
    amounts.set(name, (amounts.get(name) ?? 0) + (DiscreteResourceSpec?.Value ?? 1))
  }
  return amounts
}

/** What a task template reserves. */
export const reservedBy = ({ Resources }: TaskTemplate): Amounts =>
  amountsOf(Resources?.Reservations ?? {})

/** Whether a node has what is wanted, less what is used of it. */
export const hasFree = (
  { Description }: EmbeddedNode,
  wanted: Amounts,
  used: Amounts = new Map(),
): boolean => {
  const has = amountsOf(Description.Resources)
  return [...wanted].every(([name, n]) => n <= (has.get(name) ?? 0) - (used.get(name) ?? 0))
}

/** What tasks use of each node, by its id. A task uses it from the moment when a node is chosen until its container is gone. */
export const usedResources = (swarm: Swarm): ReadonlyMap<string, Amounts> => {
  const used = new Map<string, Map<string, number>>()
  for (const run of swarm.runs.filter((one) => reservesAny(one) && isOnNode(swarm, one))) {
    const ofNode = used.get(run.nodeId) ?? new Map<string, number>()
    for (const [name, n] of reservedBy(run.template)) ofNode.set(name, (ofNode.get(name) ?? 0) + n)
    used.set(run.nodeId, ofNode)
  }
  return used
}

/** Whether a template reserves anything: without that, nobody has to count. */
export const reservesAny = ({ template }: { template: TaskTemplate }): boolean =>
  [...reservedBy(template).values()].some((amount) => amount > 0)

const isOnNode = (swarm: Swarm, run: EmbeddedRun): boolean => {
  if (run.scenario.unplaced !== undefined || run.room?.placedAt === Infinity) return false
  const newest = tasksOfRun(swarm, run).at(-1)?.task
  return newest !== undefined && !hasStopped(newest.status.State)
}
