import type { Node } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { meets, offeredBy, reservedBy } from './could-fit.ts'
import { noneRuns } from './platform-words.ts'
import { type SievedNodes, sieveNodes } from './sieve-nodes.ts'

/**
 * Why no node can run a spec, however idle the swarm is: the path in the spec, and the reason. `kind` says whose turn it is, as in
 * `user-message.ts`.
 */
export type PlacementObstacle = {
  path: string
  reason: string
  kind: 'no_node_free' | 'no_node_fits' | 'no_room' | 'not_equipped'
}

/** Finds what keeps every node of the swarm from running a spec. Empty if one node could run it. */
export const placementObstacles = (
  nodes: readonly Node[],
  spec: ServiceSpec,
): PlacementObstacle[] => obstaclesAmong(sieveNodes(nodes, spec), spec)

/** `placementObstacles` of nodes that are sieved already. */
export const obstaclesAmong = (sieved: SievedNodes, spec: ServiceSpec): PlacementObstacle[] => {
  const { active, allowed, ofPlatform, suitable } = sieved
  if (suitable.length > 0) return []
  if (active.length === 0) return [NO_NODE]
  if (allowed.length === 0) return unmetConstraints(active, spec)
  return ofPlatform.length === 0 ? [unmetPlatforms(spec)] : missingResources(ofPlatform, spec)
}

const NO_NODE: PlacementObstacle = {
  path: 'TaskTemplate.Placement',
  reason: 'no node of the swarm takes tasks now',
  kind: 'no_node_free',
}

const CONSTRAINTS = 'TaskTemplate.Placement.Constraints'

const unmetConstraints = (nodes: readonly Node[], spec: ServiceSpec): PlacementObstacle[] => {
  const constraints = spec.TaskTemplate.Placement?.Constraints ?? []
  const unmet = constraints.filter((text) => !nodes.some(meets(text)))
  const reasons = unmet.length > 0 ? unmet : [`all of ${constraints.join(', ')}`]
  return reasons.map((text) => ({
    path: CONSTRAINTS,
    reason: `no node meets ${text}`,
    kind: 'no_node_fits',
  }))
}

const unmetPlatforms = ({ TaskTemplate }: ServiceSpec): PlacementObstacle => {
  const { Platforms = [], Constraints = [] } = TaskTemplate.Placement ?? {}
  const whose = Constraints.length > 0 ? ' that the constraints allow' : ''
  return {
    path: 'TaskTemplate.Placement.Platforms',
    reason: noneRuns(Platforms, whose),
    kind: 'no_node_fits',
  }
}

const RESERVATIONS = 'TaskTemplate.Resources.Reservations'

const missingResources = (nodes: readonly Node[], spec: ServiceSpec): PlacementObstacle[] => {
  const { NanoCPUs, MemoryBytes, generic } = reservedBy(spec)
  const offers = nodes.map(offeredBy)
  const cpus = Math.max(...offers.map((has) => has.NanoCPUs))
  const memory = Math.max(...offers.map((has) => has.MemoryBytes))
  const missing = [
    ...(NanoCPUs > cpus ? [lacking('NanoCPUs', `${NanoCPUs / 1e9} CPUs`, `${cpus / 1e9}`)] : []),
    ...(MemoryBytes > memory
      ? [lacking('MemoryBytes', `${MemoryBytes} bytes of memory`, `${memory}`)]
      : []),
    ...[...generic].flatMap(([kind, count]) => {
      const has = Math.max(...offers.map((one) => one.generic.get(kind) ?? 0))
      if (count <= has) return []
      const lack = lacking('GenericResources', `${count} of ${kind}`, `${has}`)
      return has > 0 ? [lack] : [{ ...lack, kind: 'not_equipped' as const }]
    }),
  ]
  return missing.length > 0 ? missing : [TOGETHER]
}

const TOGETHER: PlacementObstacle = {
  path: RESERVATIONS,
  reason: 'no node has all that is reserved together',
  kind: 'no_room',
}

const lacking = (field: string, reserved: string, largest: string): PlacementObstacle => ({
  path: `${RESERVATIONS}.${field}`,
  reason: `${reserved} are reserved, and the largest node that the constraints allow has ${largest}`,
  kind: 'no_room',
})
