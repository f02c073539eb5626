import type { Node } from '../../docker/nodes.ts'

/**
 * A fault of managers of Engine 20.10: they reject a task that reserves generic resources of a node whose resources have
 * names, as soon as the node changes in any way: "assigned node no longer meets constraints". Seen on 20.10.24; not on 28.5.
 */
export const NAMED_RESOURCES_ADVICE =
  'managers of Engine 20.10 reject servers on a node whose resources have names. Give the node counts (dockerd --node-generic-resource gpu=2), or upgrade the managers'

/** The nodes on which servers with generic resources would be rejected: those with names, where a manager has the fault. */
export const nodesWithFault = (nodes: readonly Node[]): Node[] => {
  const hasFault = nodes.some(
    ({ Spec, Description }) =>
      Spec.Role === 'manager' && Description.Engine?.EngineVersion?.startsWith('20.10.'),
  )
  return hasFault ? nodes.filter(hasNames) : []
}

const hasNames = ({ Description }: Node): boolean =>
  (Description.Resources?.GenericResources ?? []).some(
    ({ NamedResourceSpec }) => NamedResourceSpec !== undefined,
  )
