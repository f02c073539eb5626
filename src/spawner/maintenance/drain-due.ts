import { isDockerError } from '../../docker/errors.ts'
import { listNodes } from '../../docker/nodes.ts'
import type { Spawner } from '../spawner.ts'
import { changeNodeTold } from '../told-changes.ts'
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
export async function* drainDue(spawner: Spawner, signal: AbortSignal): AsyncGenerator<Drained> {
  const { docker, maintenance, now } = spawner
  const nodes = await listNodes(docker, { signal })
  maintenance.note(nodes)
  for (const node of nodes.filter(({ Spec }) => isDue(Spec, now()))) {
    const named = {
      node: node.Description.Hostname || node.ID,
      message: maintenanceOf(node)?.message ?? '',
    }
    try {
      const change = (spec: Parameters<typeof drained>[0]) => drained(spec, now())
      const reason = named.message || null
      const act = { act: 'drain', node: named.node, outcome: 'drained', reason } as const
      const isDrained = await changeNodeTold(spawner, { id: node.ID, act, change, signal })
      yield { ...named, outcome: isDrained ? 'drained' : 'gone' }
    } catch (error) {
      if (!isDockerError(error)) throw error
      yield { ...named, outcome: 'failed', detail: error.message }
    }
  }
}
