import { lastAttempt } from './life/run.ts'
import { type TaskNow, taskAt } from './life/task-at.ts'
import type { EmbeddedRun, EmbeddedService, Swarm } from './swarm.ts'
import { swarmId } from './wire/stable-id.ts'

/** A task that the engine lists now. */
export type EmbeddedTask = { id: string; attempt: number; run: EmbeddedRun; task: TaskNow }

/**
 * The engine lists six tasks of a slot: the newest, and five former ones as Swarm's TaskHistoryRetentionLimit
 * says.
 */
const LISTED = 6

/** The tasks of a run that are listed now, the oldest first. */
export const tasksOfRun = ({ clock }: Swarm, run: EmbeddedRun): EmbeddedTask[] => {
  const at = clock()
  const last = lastAttempt(run, at)
  const first = Math.max(0, last - LISTED + 1)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap(
    (attempt) => {
      const task = taskAt(run, attempt, at)
      return task ? [{ id: swarmId(`${run.key}/${attempt}`), attempt, run, task }] : []
    },
  )
}

/** The runs of a service that nobody has stopped. */
export const activeRuns = ({ runs }: Swarm, { id }: EmbeddedService): EmbeddedRun[] =>
  runs.filter((run) => run.serviceId === id && !run.stop)

/** Forgets the runs that have no listed task any more. */
export const forgetRuns = (swarm: Swarm): void => {
  swarm.runs = swarm.runs.filter((run) => !run.stop || tasksOfRun(swarm, run).length > 0)
}
