import type { ServiceSpec } from '../../docker/service-spec.ts'
import { hasEndedByItself } from '../../docker/task-ends.ts'
import type { Task } from '../../docker/tasks.ts'
import { newestTask } from './newest-task.ts'
import { isPullFailure } from './pull-failure.ts'
import { exitCode } from './server-state.ts'

/** How many times a server may end while it starts, if its restart policy lets Swarm try again. */
const MAX_ENDS = 3
/** Swarm's own delay between two tries is 5 s; nobody watches a progress bar for a much longer one. */
const MAX_DELAY_NS = 10e9

/** What Swarm says of a container that can't be made, beside a pull that fails; another try of the same spec changes nothing. */
const CANNOT_HEAL =
  /bind source path does not exist|^invalid mount config|invalid characters|working directory .* is invalid|^starting container failed: .*(executable file not found|no such file or directory|unable to find user|permission denied)/

/**
 * Says why a start under a restart policy is not worth waiting for, in the Engine's words and with the exit code: what
 * can't heal, a server that keeps ending, a next try that is too far away. Undefined while there is hope.
 */
export const whyUnstartable = (
  tasks: readonly Task[],
  { TaskTemplate }: ServiceSpec,
): { reason: string; status: number } | undefined => {
  const ended = tasks.filter(({ Status }) => hasEndedByItself(Status.State))
  const last = newestTask(ended)
  if (!last) return undefined
  const reason = last.Status.Err || `task ${last.Status.State}`
  const delayNs = TaskTemplate.RestartPolicy?.Delay ?? 0
  const isUnstartable = canNotBeMade(last) || ended.length >= MAX_ENDS || delayNs > MAX_DELAY_NS
  return isUnstartable ? { reason, status: exitCode(last) } : undefined
}

/** Engines until 28.5 do not say why a pull failed, so that none is worth another try on newer ones either. */
const canNotBeMade = ({ Status: { State, Err = '' } }: Task): boolean =>
  CANNOT_HEAL.test(Err) || (State === 'rejected' && isPullFailure(Err))
