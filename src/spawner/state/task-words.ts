import { hasEndedByItself } from '../../docker/task-ends.ts'
import type { Task } from '../../docker/tasks.ts'

/**
 * What the Engine says about a task's failure; undefined if it has not failed. Since Engine 29 a task that is
 * being removed may have such words as well. They only count if the task had ended by itself.
 */
export const errOf = ({ DesiredState, Status: { State, Err } }: Task): string | undefined => {
  const isTakenAway = DesiredState === 'remove' || DesiredState === 'shutdown'
  // What Swarm writes on a task that it orphans tells why, and is no order of ours.
  const isItsOwn = hasEndedByItself(State) || State === 'orphaned'
  return isTakenAway && !isItsOwn ? undefined : Err || undefined
}

/**
 * Returns whether the node could not prepare a wanted task and keeps trying. Since Engine 29, a task whose pull
 * fails for a passing cause stays `preparing`, with an `Err`. Older Engines reject the task.
 */
export const isPreparedInVain = (task: Task): boolean =>
  task.Status.State === 'preparing' && errOf(task) !== undefined

/** What Swarm says of nodes that other servers have filled. The words are the same from Engine 20.10 to 29.7. */
const FULL =
  /^no suitable node .*(?:insufficient resources|max replicas per node|host-mode port already in use)/

/** Returns whether a task waits because other servers fill the nodes that it could use. It may also be larger than any node. */
export const isWithoutRoom = ({ Status: { State, Err = '' } }: Task): boolean =>
  State === 'pending' && FULL.test(Err)
