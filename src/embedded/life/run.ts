import { hasStopped, isRestarted } from '../../docker/task-ends.ts'
import type { Moment, Scenario } from './scenarios.ts'
import { pendingWith, RECORDED, type TaskStatus } from './task-status.ts'

/** How long the managers take to see that a task has ended, as recorded. */
const NOTICE_MS = 18

/** The engine's clock: Unix milliseconds, and the speed compared with the recordings. */
export type Clock = { now: number; speed: number }

/** The tasks of one slot that one create or update started. Times are Unix milliseconds. */
export type Run = {
  startsAt: number
  /** When the predecessor's container is gone, so that the first task may start. */
  heldUntil: number
  scenario: Scenario
  restart: { condition: string; delayMs: number; maxAttempts: number }
  isOnOverlay: boolean
  /** Whether its tasks are wanted until they are `complete`, and not for ever. */
  isJob?: boolean
  graceMs: number
  /** When its first task gets addresses; Infinity while it waits for them, absent where it needs none. */
  allocatedAt?: number
  /** Why the first task waits for room on a node, in the Engine's words, and when it gets a node; Infinity while it waits. */
  room?: { err: string; placedAt: number }
  stop?: { at: number; desired: 'shutdown' | 'remove' }
}

/** A status, and when it begins, in Unix milliseconds. */
export type Timed = { at: number; status: TaskStatus }

/** The number of the newest task that the run has created at `now`. */
export const lastAttempt = (run: Run, { now, speed }: Clock): number => {
  const until = Math.min(now, run.stop?.at ?? now)
  const second = createdAtOf(run, 1, speed)
  if (second > until) return 0
  const period = createdAtOf(run, 2, speed) - second
  const attempt = 1 + (Number.isFinite(period) ? Math.floor((until - second) / period) : 0)
  return run.restart.maxAttempts > 0 ? Math.min(attempt, run.restart.maxAttempts) : attempt
}

/** The status with which the first task of a run ends by itself, and when. Undefined when it does not end. */
export const endOfFirst = (run: Run, speed: number): Timed | undefined =>
  lifeOf(run, 0, speed).find(({ status }) => hasStopped(status.State))

/** When the first task of a run is running. Undefined when it never is. */
export const runsAt = (run: Run, speed: number): number | undefined =>
  lifeOf(run, 0, speed).find(({ status }) => status.State === 'running')?.at

/** When the task's container started, for its log. Undefined when it has not started at `now`. */
export const startedAt = (run: Run, attempt: number, { now, speed }: Clock): number | undefined => {
  const started = lifeOf(run, attempt, speed).find(({ status }) =>
    ['running', 'failed', 'complete'].includes(status.State),
  )
  return started && started.at <= Math.min(now, run.stop?.at ?? now) ? started.at : undefined
}

/**
 * When the nth task is created. All replacements take equally long, so the time is computed without the tasks
 * in between.
 */
export const createdAtOf = (run: Run, attempt: number, speed: number): number => {
  if (attempt === 0) return run.startsAt
  const first = endOfFirst(run, speed)
  if (!first || !isRestarted(first.status.State, run.restart.condition)) return Infinity
  const notice = NOTICE_MS / speed
  const second = Math.max(first.at, run.heldUntil) + notice
  const ended = momentsOf(run.scenario, run.restart.delayMs).find(({ status }) =>
    hasStopped(status.State),
  )
  const period = Math.max(ended?.ms ?? Infinity, run.restart.delayMs) / speed + notice
  return attempt === 1 ? second : second + (attempt - 1) * period
}

/** The steps of the nth task if nobody stops it. */
export const lifeOf = (run: Run, attempt: number, speed: number): Timed[] => {
  const createdAt = createdAtOf(run, attempt, speed)
  const waitMs = attempt > 0 ? 0 : ((run.allocatedAt ?? run.startsAt) - run.startsAt) * speed
  const heldMs = attempt > 0 ? run.restart.delayMs : (run.heldUntil - run.startsAt) * speed - waitMs
  const moments = momentsOf(run.scenario, heldMs)
  const placed = attempt === 0 && run.room ? afterRoom(moments, run.room, run, speed) : moments
  return placed.map(({ ms, status }) => ({
    at: createdAt + (ms === 0 ? 0 : ms + waitMs) / speed,
    status,
  }))
}

const momentsOf = ({ unplaced, moments }: Scenario, heldMs: number): readonly Moment[] => {
  const waiting = [
    { ms: 0, status: RECORDED.new },
    { ms: 3, status: RECORDED.pending },
  ]
  if (unplaced !== undefined) return [...waiting, { ms: 55, status: pendingWith(unplaced) }]
  return [...waiting, { ms: 55, status: RECORDED.assigned }, ...held(moments, heldMs)]
}

/** The moments of a task that waits for room. What follows its assignment comes as much later. */
const afterRoom = (
  moments: readonly Moment[],
  { err, placedAt }: NonNullable<Run['room']>,
  { startsAt }: Run,
  speed: number,
): readonly Moment[] => {
  const index = moments.findIndex(({ status }) => status.State === 'assigned')
  const waits = moments[index]
  if (!waits) return moments
  const waiting = [...moments.slice(0, index), { ms: waits.ms, status: pendingWith(err) }]
  const waitedMs = (placedAt - startsAt) * speed
  if (!Number.isFinite(waitedMs)) return waiting
  return [
    ...waiting,
    ...moments.slice(index).map(({ ms, status }) => ({ ms: ms + waitedMs, status })),
  ]
}

/** The moments of a task that must wait. It stays `ready` until it may start. */
const held = (moments: readonly Moment[], heldMs: number): readonly Moment[] => {
  const index = moments.findIndex(({ status }) => status.State === 'starting')
  const start = moments[index]
  if (!start || start.ms >= heldMs) return moments
  const later = heldMs - start.ms
  return [
    ...moments.slice(0, index),
    { ms: start.ms, status: RECORDED.ready },
    ...moments.slice(index).map(({ ms, status }) => ({ ms: ms + later, status })),
  ]
}
