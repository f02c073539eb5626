import { listNodes, type Node } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'
import { couldFit } from './could-fit.ts'
import { newestTask } from './newest-task.ts'
import { noneButResting } from './resting-words.ts'
import { restingNodes } from './sieve-nodes.ts'

/** 4 s: so old must a task be before we believe that no node fits. Nodes may come up, and drains may end. */
const GRACE_MS = 4000

/** Returns why no node will ever take the newest task, in the Engine's words. Undefined while a node may. */
export type Unplaceable = (
  tasks: readonly Task[],
  signal: AbortSignal,
) => Promise<string | undefined>

/**
 * Watches a task that waits for a node. If no node has what it needs, such as a label, the start fails after a
 * grace period. If a busy node may have it later, such as memory, the start waits.
 */
export const watchPlacement = ({ docker, now }: Spawner, spec: ServiceSpec): Unplaceable => {
  let nodes: readonly Node[] | undefined
  return async (tasks, signal) => {
    const task = newestTask(tasks)
    const { State, Err = '' } = task?.Status ?? {}
    if (!task || State !== 'pending' || !Err.startsWith('no suitable node')) return undefined
    // The age of the task counts, not how long we have watched it, because callers come and go.
    if (now() - Date.parse(task.CreatedAt) < GRACE_MS) return undefined
    if (!isBusy(Err)) return Err
    nodes ??= await listNodes(docker, { signal })
    if (nodes.some((node) => couldFit(node, spec))) return undefined
    return noneButResting(Err, restingNodes(nodes, spec))
  }
}

/**
 * Returns whether some node refuses for a cause that passes: other servers or an election. Swarm counts the
 * nodes for each cause.
 */
const isBusy = (err: string): boolean => BUSY.test(err)

const BUSY =
  /insufficient resources|max replicas per node|host-mode port already in use|not available for new tasks/
