import { hasEndedByItself } from '../../docker/task-ends.ts'
import type { Task } from '../../docker/tasks.ts'

/**
 * What the Engine says went wrong with a task; undefined where nothing did. A task that is being taken away may carry
 * words too, since Engine 29: only those of an end that it came to by itself are its own.
 */
export const errOf = ({ DesiredState, Status: { State, Err } }: Task): string | undefined => {
  const isTakenAway = DesiredState === 'remove' || DesiredState === 'shutdown'
  // What Swarm writes on a task that it orphans tells why, and is no order of ours.
  const isItsOwn = hasEndedByItself(State) || State === 'orphaned'
  return isTakenAway && !isItsOwn ? undefined : Err || undefined
}

/**
 * Whether the node could not prepare a wanted task, and stays at it: since Engine 29, a pull that fails for what may pass
 * leaves the task `preparing`, with an `Err`. Older Engines reject the task.
 */
export const isPreparedInVain = (task: Task): boolean =>
  task.Status.State === 'preparing' && errOf(task) !== undefined
