import { changeNode } from '../../docker/change-node.ts'
import { isDockerError } from '../../docker/errors.ts'
import { listNodes } from '../../docker/nodes.ts'
import type { Spawner } from '../spawner.ts'
import { drained, isDue, maintenanceOf } from './maintenance.ts'

/** A node whose time has come. `gone`: another copy was faster, or somebody has taken it back. */
export type Drained = { node: string; message: string } & (
  | { outcome: 'drained' | 'gone' }
  | { outcome: 'failed'; detail: string }
)

/**
 * Looks once at the nodes, in one call to the Engine, and drains those whose maintenance is due: Swarm stops their servers, each
 * with its grace period. Several copies may do so at once. Throws DockerErrors if the nodes cannot be listed.
 */
export async function* drainDue(
  { docker, maintenance, audit, now }: Spawner,
  signal: AbortSignal,
): AsyncGenerator<Drained> {
  const nodes = await listNodes(docker, { signal })
  maintenance.note(nodes)
  for (const node of nodes.filter(({ Spec }) => isDue(Spec, now()))) {
    const named = {
      node: node.Description.Hostname || node.ID,
      message: maintenanceOf(node)?.message ?? '',
    }
    try {
      const change = (spec: Parameters<typeof drained>[0]) => drained(spec, now())
      const isDrained = await changeNode(docker, { id: node.ID, change, signal })
      if (isDrained)
        audit({ act: 'drain', node: named.node, outcome: 'drained', reason: named.message || null })
      yield { ...named, outcome: isDrained ? 'drained' : 'gone' }
    } catch (error) {
      if (!isDockerError(error)) throw error
      yield { ...named, outcome: 'failed', detail: error.message }
    }
  }
}
