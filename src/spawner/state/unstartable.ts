import type { ServiceSpec } from '../../docker/service-spec.ts'
import { hasEndedByItself } from '../../docker/task-ends.ts'
import type { Task } from '../../docker/tasks.ts'
import type { EarlierEnd } from './earlier-ends.ts'
import { newestTask } from './newest-task.ts'
import { isPullFailure } from './pull-failure.ts'
import { exitCode } from './server-state.ts'
import { COPY_REFUSED } from './volume-words.ts'

/** A server may end three times while it starts, if its restart policy lets Swarm try again. */
const MAX_ENDS = 3
/**
 * 10 s: Swarm's default delay between two tries is 5 s, and people do not watch a progress bar for much longer.
 */
const MAX_DELAY_NS = 10e9

/**
 * Swarm's words about a container that cannot be created, other than for a failed pull. Another try with the
 * same spec fails in the same way.
 */
const CANNOT_HEAL =
  /bind source path does not exist|^invalid mount config|invalid characters|working directory .* is invalid|^starting container failed: .*(executable file not found|no such file or directory|no such device|not a directory|invalid argument|escapes the base directory|unable to find user|permission denied)/

/**
 * Why a start with a restart policy will not succeed, in the Engine's words and with the exit code. It has a
 * permanent cause, it keeps ending, or the next try is too far away. Undefined while it may still succeed. `earlier` are
 * ends of tasks that the swarm has forgotten.
 */
export const whyUnstartable = (
  tasks: readonly Task[],
  { TaskTemplate }: ServiceSpec,
  earlier: readonly EarlierEnd[] = [],
): { reason: string; status: number } | undefined => {
  const ended = tasks.filter(({ Status }) => hasEndedByItself(Status.State))
  const last = newestTask(ended)
  const why = last
    ? { reason: last.Status.Err || `task ${last.Status.State}`, status: exitCode(last) }
    : earlier.at(-1)
  if (!why) return undefined
  const delayNs = TaskTemplate.RestartPolicy?.Delay ?? 0
  const isUnstartable =
    (last && canNotBeMade(last)) ||
    ended.length + earlier.length >= MAX_ENDS ||
    delayNs > MAX_DELAY_NS
  return isUnstartable ? { reason: why.reason, status: why.status } : undefined
}

/**
 * Engines until 28.5 do not say why a pull failed. So we treat no failed pull as worth another try, also on
 * newer Engines.
 */
const canNotBeMade = ({ Status: { State, Err = '' } }: Task): boolean =>
  CANNOT_HEAL.test(Err) || COPY_REFUSED.test(Err) || (State === 'rejected' && isPullFailure(Err))
