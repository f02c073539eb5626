import { meetsConstraint, readConstraint } from '../../docker/constraints.ts'
import type { Node, OfferedResource } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'

/**
 * Returns whether a node could run the spec if it had nothing else to do: it has what the spec reserves, and
 * meets the constraints.
 */
export const couldFit = (node: Node, { TaskTemplate }: ServiceSpec): boolean => {
  const {
    NanoCPUs = 0,
    MemoryBytes = 0,
    GenericResources,
  } = TaskTemplate.Resources?.Reservations ?? {}
  const has = node.Description.Resources
  return (
    node.Spec.Availability === 'active' &&
    // After an election, the new leader calls every node `unknown` until it hears from it.
    ['ready', 'unknown'].includes(node.Status.State) &&
    NanoCPUs <= (has?.NanoCPUs ?? 0) &&
    MemoryBytes <= (has?.MemoryBytes ?? 0) &&
    hasGeneric(has?.GenericResources ?? [], GenericResources ?? []) &&
    (TaskTemplate.Placement?.Constraints ?? []).every((text) => meets(node, text))
  )
}

/**
 * Returns whether a node meets a constraint. A constraint that we cannot read counts as met; Swarm will decide.
 */
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
