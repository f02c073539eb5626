import type { Node } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { countOf, hasReserved, kindsOf, meets, meetsAll, takesTasks } from './could-fit.ts'

/** Why no node can run a spec, however idle the swarm is: the path in the spec, and the reason. */
export type PlacementObstacle = { path: string; reason: string }

/** Finds what keeps every node of the swarm from running a spec. Empty if one node could run it. */
export const placementObstacles = (
  nodes: readonly Node[],
  spec: ServiceSpec,
): PlacementObstacle[] => {
  const active = nodes.filter(takesTasks)
  if (active.length === 0)
    return [{ path: 'TaskTemplate.Placement', reason: 'no node of the swarm takes tasks now' }]
  const constraints = unmetConstraints(active, spec)
  if (constraints.length > 0) return constraints
  return missingResources(
    active.filter((node) => meetsAll(node, spec)),
    spec,
  )
}

const CONSTRAINTS = 'TaskTemplate.Placement.Constraints'

const unmetConstraints = (nodes: readonly Node[], spec: ServiceSpec): PlacementObstacle[] => {
  if (nodes.some((node) => meetsAll(node, spec))) return []
  const constraints = spec.TaskTemplate.Placement?.Constraints ?? []
  const unmet = constraints.filter((text) => !nodes.some((node) => meets(node, text)))
  return unmet.length > 0
    ? unmet.map((text) => ({ path: CONSTRAINTS, reason: `no node meets ${text}` }))
    : [{ path: CONSTRAINTS, reason: `no node meets all of ${constraints.join(', ')}` }]
}

const RESERVATIONS = 'TaskTemplate.Resources.Reservations'

const missingResources = (nodes: readonly Node[], spec: ServiceSpec): PlacementObstacle[] => {
  if (nodes.some((node) => hasReserved(node, spec))) return []
  const {
    NanoCPUs = 0,
    MemoryBytes = 0,
    GenericResources,
  } = spec.TaskTemplate.Resources?.Reservations ?? {}
  const most = (amount: (node: Node) => number | undefined): number =>
    Math.max(...nodes.map((node) => amount(node) ?? 0))
  const cpus = most(({ Description }) => Description.Resources?.NanoCPUs)
  const memory = most(({ Description }) => Description.Resources?.MemoryBytes)
  const missing = [
    ...(NanoCPUs > cpus ? [lacking('NanoCPUs', `${NanoCPUs / 1e9} CPUs`, `${cpus / 1e9}`)] : []),
    ...(MemoryBytes > memory
      ? [lacking('MemoryBytes', `${MemoryBytes} bytes of memory`, `${memory}`)]
      : []),
    ...kindsOf(GenericResources ?? []).flatMap(([kind, count]) => {
      const has = most(({ Description }) =>
        countOf(Description.Resources?.GenericResources ?? [], kind),
      )
      return count > has ? [lacking('GenericResources', `${count} of ${kind}`, `${has}`)] : []
    }),
  ]
  return missing.length > 0
    ? missing
    : [{ path: RESERVATIONS, reason: 'no node has all that is reserved together' }]
}

const lacking = (field: string, reserved: string, largest: string): PlacementObstacle => ({
  path: `${RESERVATIONS}.${field}`,
  reason: `${reserved} are reserved, and the largest node that the constraints allow has ${largest}`,
})
