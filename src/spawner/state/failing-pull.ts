import type { Task } from '../../docker/tasks.ts'
import { canHeal, readPullFailure } from './pull-failure.ts'
import { errOf, isPreparedInVain } from './task-words.ts'

/**
 * How long the same words may stand of a pull that fails, before a start ends for them. A registry or a name server that
 * is restarted is back within a minute; a silent registry has had 40 s by then, and nobody watches a progress bar longer.
 * Engines until 28.5 give up after the first try.
 */
export const PULL_PATIENCE_MS = 60_000

/**
 * Says, in the Engine's words, why a pull that fails again and again is not worth waiting for: nothing about it can pass,
 * or the same words have stood for `patienceMs`. Undefined while there is hope. What the Swarm keeps of the task decides,
 * so that every copy of the service comes to the same end.
 */
export const whyPullCannotSucceed = (
  task: Task | undefined,
  { now, patienceMs }: { now: number; patienceMs: number },
): string | undefined => {
  const words = task && isPreparedInVain(task) ? errOf(task) : undefined
  if (!task || words === undefined) return undefined
  if (!canHeal(readPullFailure(words))) return words
  return now - failingSince(task, words) >= patienceMs ? words : undefined
}

/**
 * Since when a task says the same. Swarm renews the time of its status when the words change, as they do from try to try
 * where they name a port of the node's own or one address of many: then the task's own age counts.
 */
const failingSince = ({ CreatedAt, Status }: Task, words: string): number => {
  const createdAt = Date.parse(CreatedAt)
  // The node writes the one, a manager the other; a node whose clock is behind ends no start early.
  return CHANGING.test(words) ? createdAt : Math.max(createdAt, Date.parse(Status.Timestamp))
}

const CHANGING = /(?:->|\bdial (?:tcp|udp) )\[?[\da-f:.]{2,45}\]?:\d{1,5}\b/i
