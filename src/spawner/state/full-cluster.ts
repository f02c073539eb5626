import type { Task } from '../../docker/tasks.ts'
import { secondsInWords } from '../duration-words.ts'
import { readLabels } from '../server/labels.ts'
import type { Spawner } from '../spawner.ts'
import type { ServerState } from './server-state.ts'
import { isWithoutRoom } from './task-words.ts'

/**
 * 6 s: so long must a task wait before we call the cluster full. After four seconds, a start ends if no node is large
 * enough (`unplaceable.ts`), and the hub sends a start that has a reason again every 1.5 s.
 */
const GRACE_MS = 6000

/**
 * Tells the user that the cluster is full, and how long the start waits for room. `reason` and `advice` stay as they are.
 * The sentence names the whole length of the wait: a time of day needs the reader's time zone, which nobody tells us, and
 * what is left of the wait is wrong a minute later.
 */
export const withFullCluster = (
  { now }: Pick<Spawner, 'now'>,
  state: ServerState,
  task: Task | undefined,
): ServerState => {
  if (state.state !== 'starting' || !task || !isWithoutRoom(task)) return state
  const fullAt = Date.parse(task.CreatedAt) + GRACE_MS
  if (!(now() >= fullAt)) return state
  const message = sentence(readLabels(task.Spec.ContainerSpec?.Labels)?.startTimeoutS ?? 0)
  const event = {
    seq: `${task.ID}:pending:full`,
    time: new Date(fullAt).toISOString(),
    progress: 12,
    message,
  }
  return {
    ...state,
    user_message: message,
    events: [...state.events, event],
    cursor: `${state.cursor}:full`,
  }
}

const sentence = (startTimeoutS: number): string => {
  const limit =
    startTimeoutS > 0 ? `: this start goes on for ${secondsInWords(startTimeoutS)} in all` : ''
  return `The cluster is full. Your server starts as soon as there is room. Please wait${limit}.`
}
