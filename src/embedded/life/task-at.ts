import { hasStopped } from '../../docker/task-ends.ts'
import { type Clock, createdAtOf, lifeOf, type Run, type Timed } from './run.ts'
import { stopped } from './run-stop.ts'
import { RECORDED, type TaskStatus } from './task-status.ts'

/**
 * How long an ended task without a successor is still wanted. Swarm stores its state first and its desired
 * state after that.
 */
const UNWANTED_AFTER_MS = 4

/** A task at one moment. `changes` counts its states; the task's Version is made from it. */
export type TaskNow = {
  createdAt: number
  updatedAt: number
  changedAt: number
  changes: number
  status: TaskStatus
  desired: string
  isPlaced: boolean
}

/**
 * The `attempt`th task of a run at `now`. Undefined before it is created and after it is gone. Everything is
 * computed from the clock, so the engine needs no timers. With `speed` 10 it goes ten times faster than
 * recorded.
 */
export const taskAt = (run: Run, attempt: number, { now, speed }: Clock): TaskNow | undefined => {
  const createdAt = createdAtOf(run, attempt, speed)
  if (createdAt > now || (run.stop && createdAt > run.stop.at)) return undefined
  const life = lifeOf(run, attempt, speed)
  const { steps, goneAt } = run.stop ? stopped(run, life, speed) : { steps: life, goneAt: Infinity }
  if (goneAt <= now) return undefined
  const past = steps.filter(({ at }) => at <= now)
  const { at, status } = past.at(-1) ?? { at: createdAt, status: RECORDED.new }
  const wish = desiredAt(run, attempt, { now, speed }, steps)
  return {
    createdAt,
    updatedAt: Math.max(at, wish.since <= now ? wish.since : at),
    changedAt: at,
    changes: past.length + (wish.since > createdAt ? 1 : 0),
    status,
    desired: wish.desired,
    isPlaced: past.some(({ status }) => status.State === 'assigned'),
  }
}

const desiredAt = (
  run: Run,
  attempt: number,
  { now, speed }: Clock,
  steps: readonly Timed[],
): { desired: string; since: number } => {
  const createdAt = createdAtOf(run, attempt, speed)
  if (run.stop && run.stop.at <= now) return { desired: run.stop.desired, since: run.stop.at }
  const freeAt = attempt > 0 ? createdAt + run.restart.delayMs / speed : run.heldUntil
  const end = steps.find(({ status }) => hasStopped(status.State))
  const successorAt = createdAtOf(run, attempt + 1, speed)
  // Swarm does this in the step that creates the successor, so there is always one task that is wanted.
  if (run.isJob && end?.status.State === 'complete') return { desired: 'complete', since: freeAt }
  const unwantedAt = Number.isFinite(successorAt)
    ? successorAt
    : Math.max(end?.at ?? Infinity, freeAt) + UNWANTED_AFTER_MS / speed
  if (unwantedAt <= now) return { desired: 'shutdown', since: unwantedAt }
  if (freeAt > now) return { desired: 'ready', since: createdAt }
  return { desired: run.isJob ? 'complete' : 'running', since: freeAt }
}
