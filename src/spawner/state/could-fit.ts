import { meetsConstraint, readConstraint } from '../../docker/constraints.ts'
import type { Node, OfferedResource } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'

/**
 * Returns whether a node could run the spec if it had nothing else to do: it has what the spec reserves, and
 * meets the constraints.
 */
export const couldFit = (node: Node, spec: ServiceSpec): boolean =>
  takesTasks(node) && meetsAll(node, spec) && hasReserved(node, spec)

/** Returns whether Swarm gives a node new tasks. */
export const takesTasks = ({ Spec, Status }: Node): boolean =>
  Spec.Availability === 'active' &&
  // After an election, the new leader calls every node `unknown` until it hears from it.
  ['ready', 'unknown'].includes(Status.State)

/** Returns whether a node meets every constraint of the spec. */
export const meetsAll = (node: Node, { TaskTemplate }: ServiceSpec): boolean =>
  (TaskTemplate.Placement?.Constraints ?? []).every((text) => meets(node, text))

/** Returns whether a node has what the spec reserves, if nothing else reserves any of it. */
export const hasReserved = ({ Description }: Node, { TaskTemplate }: ServiceSpec): boolean => {
  const {
    NanoCPUs = 0,
    MemoryBytes = 0,
    GenericResources,
  } = TaskTemplate.Resources?.Reservations ?? {}
  const has = Description.Resources
  return (
    NanoCPUs <= (has?.NanoCPUs ?? 0) &&
    MemoryBytes <= (has?.MemoryBytes ?? 0) &&
    kindsOf(GenericResources ?? []).every(
      ([kind, count]) => count <= countOf(has?.GenericResources ?? [], kind),
    )
  )
}

/**
 * Returns whether a node meets a constraint. A constraint that we cannot read counts as met; Swarm will decide.
 */
export const meets = (node: Node, text: string): boolean => {
  const constraint = readConstraint(text)
  return constraint === undefined || meetsConstraint(node, constraint)
}

/** The kinds of some generic resources, and how many there are of each. */
export const kindsOf = (resources: readonly OfferedResource[]): [kind: string, count: number][] => {
  const kinds = resources.map(
    ({ DiscreteResourceSpec, NamedResourceSpec }) =>
      (DiscreteResourceSpec ?? NamedResourceSpec)?.Kind ?? '',
  )
  return [...new Set(kinds)].map((kind) => [kind, countOf(resources, kind)])
}

/** How many of a kind are among some generic resources; a resource with a name counts as one. */
export const countOf = (resources: readonly OfferedResource[], kind: string): number =>
  resources.reduce((count, { DiscreteResourceSpec, NamedResourceSpec }) => {
    if (DiscreteResourceSpec?.Kind === kind) return count + DiscreteResourceSpec.Value
    return count + (NamedResourceSpec?.Kind === kind ? 1 : 0)
  }, 0)
