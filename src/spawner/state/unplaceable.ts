import { listNodes } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'
import { couldFit } from './could-fit.ts'
import { newestTask } from './newest-task.ts'

/** How old a task may get for which no node fits, before we believe it: nodes come up, drains end. */
const GRACE_MS = 4000

/** Says why no node will ever take the newest task, in the Engine's words; undefined while one may. */
export type Unplaceable = (
  tasks: readonly Task[],
  signal: AbortSignal,
) => Promise<string | undefined>

/**
 * Watches a task that waits for a node. What no node offers, such as a label, fails after a grace period; what
 * a busy node could offer later, such as memory, is waited for.
 */
export const watchPlacement = ({ docker, now }: Spawner, spec: ServiceSpec): Unplaceable => {
  let mayFitLater: boolean | undefined
  return async (tasks, signal) => {
    const task = newestTask(tasks)
    const { State, Err = '' } = task?.Status ?? {}
    if (!task || State !== 'pending' || !Err.startsWith('no suitable node')) return undefined
    // By the task's age, not by how long we have watched: callers come and go.
    if (now() - Date.parse(task.CreatedAt) < GRACE_MS) return undefined
    mayFitLater ??=
      isBusy(Err) && (await listNodes(docker, { signal })).some((node) => couldFit(node, spec))
    return mayFitLater ? undefined : Err
  }
}

/** Whether a node is among them that refuses for what passes, with other servers or an election: Swarm counts nodes by reason. */
const isBusy = (err: string): boolean => BUSY.test(err)

const BUSY =
  /insufficient resources|max replicas per node|host-mode port already in use|not available for new tasks/
