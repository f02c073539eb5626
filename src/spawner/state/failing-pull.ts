import type { Task } from '../../docker/tasks.ts'
import { canHeal, readPullFailure } from './pull-failure.ts'
import { errOf, isPreparedInVain } from './task-words.ts'

/**
 * 60 s: how long a pull may fail with the same words before the start is given up. A registry or name server
 * that restarts is back within a minute. A silent registry has had 40 s by then, and people do not watch a
 * progress bar longer. Engines until 28.5 give up after the first try.
 */
export const PULL_PATIENCE_MS = 60_000

/**
 * Why a pull that keeps failing will not succeed, in the Engine's words. Either the cause is permanent, or the
 * words have been the same for `patienceMs`. Undefined while it may still succeed. Only Swarm's own data about
 * the task decides, so every copy of the service comes to the same result.
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
 * Since when a task has had the same words. Swarm renews the time of a status when the words change. Some words
 * change with every try, because they name a local port or one of several addresses; then the age of the task
 * counts.
 */
const failingSince = ({ CreatedAt, Status }: Task, words: string): number => {
  const createdAt = Date.parse(CreatedAt)
  // A manager writes `CreatedAt`, a node writes `Timestamp`. The later one is used, so that a node whose clock
  // is late does not end a start early.
  return CHANGING.test(words) ? createdAt : Math.max(createdAt, Date.parse(Status.Timestamp))
}

const CHANGING = /(?:->|\bdial (?:tcp|udp) )\[?[\da-f:.]{2,45}\]?:\d{1,5}\b/i
