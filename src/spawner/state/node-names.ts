import type { Docker } from '../../docker/docker.ts'
import { listNodes, type Node } from '../../docker/nodes.ts'
import type { Task } from '../../docker/tasks.ts'
import type { NodeName } from './events.ts'

/**
 * Finds the host names of the nodes that tasks run on. It asks the Engine only about nodes that are new to it.
 */
export type NodeNames = (tasks: readonly Task[], signal?: AbortSignal) => Promise<NodeName>

/** Makes a NodeNames. It remembers the names, and shows each list of nodes to `note`. */
export const createNodeNames = (
  docker: Docker,
  note: (nodes: readonly Node[]) => void = () => {},
): NodeNames => {
  const known = new Map<string, string>()
  return async (tasks, signal) => {
    const isNew = ({ NodeID }: Task) => NodeID !== undefined && NodeID !== '' && !known.has(NodeID)
    const unknown = tasks.filter(isNew)
    if (unknown.length > 0) {
      // Only people read the name. If the Engine does not answer, the id is used, also the next time.
      for (const { NodeID } of unknown) if (NodeID) known.set(NodeID, NodeID)
      const nodes = await listNodes(docker, { signal, timeoutMs: 5000 }).catch(() => undefined)
      if (nodes) note(nodes)
      for (const { ID, Description } of nodes ?? []) known.set(ID, Description.Hostname || ID)
      signal?.throwIfAborted()
    }
    return (nodeId) => known.get(nodeId) ?? nodeId
  }
}
