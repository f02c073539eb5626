import { meetsConstraint, readConstraint } from '../../docker/constraints.ts'
import type { Node, OfferedResource } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'

/** Says whether a node that does nothing else has what the spec reserves, and is what its constraints ask for. */
export const couldFit = (node: Node, { TaskTemplate }: ServiceSpec): boolean => {
  const {
    NanoCPUs = 0,
    MemoryBytes = 0,
    GenericResources,
  } = TaskTemplate.Resources?.Reservations ?? {}
  const has = node.Description.Resources
  return (
    node.Spec.Availability === 'active' &&
    // After an election, the new leader holds every node for unknown until it has heard of it.
    ['ready', 'unknown'].includes(node.Status.State) &&
    NanoCPUs <= (has?.NanoCPUs ?? 0) &&
    MemoryBytes <= (has?.MemoryBytes ?? 0) &&
    hasGeneric(has?.GenericResources ?? [], GenericResources ?? []) &&
    (TaskTemplate.Placement?.Constraints ?? []).every((text) => meets(node, text))
  )
}

/** A constraint that we can't read counts as met: Swarm will judge it. */
const meets = (node: Node, text: string): boolean => {
  const constraint = readConstraint(text)
  return constraint === undefined || meetsConstraint(node, constraint)
}

const hasGeneric = (
  has: readonly OfferedResource[],
  reserved: readonly OfferedResource[],
): boolean => kindsOf(reserved).every(([kind, count]) => count <= countOf(has, kind))

const kindsOf = (resources: readonly OfferedResource[]): [kind: string, count: number][] => {
  const kinds = resources.map(
    ({ DiscreteResourceSpec, NamedResourceSpec }) =>
      (DiscreteResourceSpec ?? NamedResourceSpec)?.Kind ?? '',
  )
  return [...new Set(kinds)].map((kind) => [kind, countOf(resources, kind)])
}

const countOf = (resources: readonly OfferedResource[], kind: string): number =>
  resources.reduce((count, { DiscreteResourceSpec, NamedResourceSpec }) => {
    if (DiscreteResourceSpec?.Kind === kind) return count + DiscreteResourceSpec.Value
    return count + (NamedResourceSpec?.Kind === kind ? 1 : 0)
  }, 0)
