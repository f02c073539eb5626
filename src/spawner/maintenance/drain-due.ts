import { isDockerError } from '../../docker/errors.ts'
import { listNodes, type Node } from '../../docker/nodes.ts'
import type { Spawner } from '../spawner.ts'
import { changeNodeTold } from '../told-changes.ts'
import { drained, endedByHand, isDue, isEndedByHand, maintenanceOf } from './maintenance.ts'

/**
 * A node whose time has come, or whose maintenance was ended by hand. `gone`: another copy was faster, or somebody has taken it
 * back, or the node has left the swarm.
 */
export type Drained = { node: string; message: string } & (
  | { outcome: 'drained' | 'ended' | 'gone' }
  | { outcome: 'failed'; detail: string }
)

/**
 * Looks once at the nodes, in one call to the Engine, and drains those whose maintenance is due: Swarm stops their servers, each
 * with its grace period. It also removes the labels of a maintenance that was ended by hand: if the node is paused again later, for
 * another reason, they would drain it. Several copies may do so at once. Throws DockerErrors if the nodes cannot be listed.
 */
export async function* drainDue(spawner: Spawner, signal: AbortSignal): AsyncGenerator<Drained> {
  const { docker, maintenance, now } = spawner
  const nodes = await listNodes(docker, { signal })
  maintenance.note(nodes)
  for (const node of nodes) {
    if (isDue(node.Spec, now())) yield await changed(spawner, node, 'drained', signal)
    else if (isEndedByHand(node.Spec)) yield await changed(spawner, node, 'ended', signal)
  }
}

const changed = async (
  spawner: Spawner,
  node: Node,
  outcome: 'drained' | 'ended',
  signal: AbortSignal,
): Promise<Drained> => {
  const message = maintenanceOf(node)?.message ?? ''
  const named = { node: node.Description.Hostname || node.ID, message }
  try {
    const change = (spec: Parameters<typeof drained>[0]) =>
      outcome === 'drained' ? drained(spec, spawner.now()) : endedByHand(spec)
    const act = { act: 'drain', node: named.node, outcome, reason: message || null } as const
    const isChanged = await changeNodeTold(spawner, { id: node.ID, act, change, signal })
    return { ...named, outcome: isChanged ? outcome : 'gone' }
  } catch (error) {
    if (isDockerError(error, 'not_found')) return { ...named, outcome: 'gone' }
    if (!isDockerError(error)) throw error
    return { ...named, outcome: 'failed', detail: error.message }
  }
}
