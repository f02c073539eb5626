import { hasStopped } from '../../docker/task-ends.ts'
import type { Moment, Scenario } from './scenarios.ts'
import { pendingWith, RECORDED, type TaskStatus } from './task-status.ts'

/** How long the managers take to see that a task has ended, as recorded. */
const NOTICE_MS = 18

/** The engine's clock: Unix milliseconds, and how many times faster than recorded things go. */
export type Clock = { now: number; speed: number }

/** Where the tasks of one slot, started by one create or update, come from. Times are Unix milliseconds. */
export type Run = {
  startsAt: number
  /** The predecessor's container is gone then, and the first task may start. */
  heldUntil: number
  scenario: Scenario
  restart: { condition: string; delayMs: number; maxAttempts: number }
  isOnOverlay: boolean
  graceMs: number
  stop?: { at: number; desired: 'shutdown' | 'remove' }
}

/** A status that a task has from `at` on, in Unix milliseconds. */
export type Timed = { at: number; status: TaskStatus }

/** The number of the newest task that a run has made at `now`. */
export const lastAttempt = (run: Run, { now, speed }: Clock): number => {
  const until = Math.min(now, run.stop?.at ?? now)
  const second = createdAtOf(run, 1, speed)
  if (second > until) return 0
  const period = createdAtOf(run, 2, speed) - second
  const attempt = 1 + (Number.isFinite(period) ? Math.floor((until - second) / period) : 0)
  return run.restart.maxAttempts > 0 ? Math.min(attempt, run.restart.maxAttempts) : attempt
}

/** How the first task of a run ends by itself, and when; undefined where it does not. */
export const endOfFirst = (run: Run, speed: number): Timed | undefined =>
  lifeOf(run, 0, speed).find(({ status }) => hasStopped(status.State))

/** When the first task of a run runs; undefined where it never does. */
export const runsAt = (run: Run, speed: number): number | undefined =>
  lifeOf(run, 0, speed).find(({ status }) => status.State === 'running')?.at

/** The times of the newest container's start, for its log; undefined where it has none at `now`. */
export const startedAt = (run: Run, attempt: number, { now, speed }: Clock): number | undefined => {
  const started = lifeOf(run, attempt, speed).find(({ status }) =>
    ['running', 'failed', 'complete'].includes(status.State),
  )
  return started && started.at <= Math.min(now, run.stop?.at ?? now) ? started.at : undefined
}

/** When the nth task is made. Replacements are all alike, so that the nth is found without looking at those before it. */
export const createdAtOf = (run: Run, attempt: number, speed: number): number => {
  if (attempt === 0) return run.startsAt
  const first = endOfFirst(run, speed)
  if (!first || !restarts(run, first.status)) return Infinity
  const notice = NOTICE_MS / speed
  const second = Math.max(first.at, run.heldUntil) + notice
  const ended = momentsOf(run.scenario, run.restart.delayMs).find(({ status }) =>
    hasStopped(status.State),
  )
  const period = Math.max(ended?.ms ?? Infinity, run.restart.delayMs) / speed + notice
  return attempt === 1 ? second : second + (attempt - 1) * period
}

const restarts = ({ restart }: Run, { State }: TaskStatus): boolean =>
  restart.condition === 'any' || (restart.condition === 'on-failure' && State !== 'complete')

/** What happens to the nth task if nobody stops it. */
export const lifeOf = (run: Run, attempt: number, speed: number): Timed[] => {
  const createdAt = createdAtOf(run, attempt, speed)
  const heldMs = attempt > 0 ? run.restart.delayMs : (run.heldUntil - run.startsAt) * speed
  return momentsOf(run.scenario, heldMs).map(({ ms, status }) => ({
    at: createdAt + ms / speed,
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

/** A task that must wait gets as far as `ready`, and starts when it may. */
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
