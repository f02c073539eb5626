import { hasEnded } from '../../src/docker/task-ends.ts'
import { taskOfEvent } from '../../src/spawner/state/events.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'

/** When a start passed from phase to phase, in milliseconds of Swarm's clock. `seenMs` is of this service's clock. */
export type PhaseTimes = {
  seenMs: number
  taskId?: string
  createdMs?: number
  assignedMs?: number
  startingMs?: number
  endedMs?: number
}

const PREPARING: ReadonlySet<string> = new Set(['assigned', 'accepted', 'preparing'])
const STARTING: ReadonlySet<string> = new Set(['ready', 'starting'])

/** Adds what a state tells of its newest task. Phases of an earlier task are forgotten, its creation is not. */
export const seeTask = <T extends PhaseTimes>(times: T, { task, events }: ServerState): T => {
  if (!task) return times
  const next: PhaseTimes =
    times.taskId === task.id ? { ...times } : { seenMs: times.seenMs, taskId: task.id }
  if (times.createdMs !== undefined) next.createdMs = times.createdMs
  for (const event of events) {
    const { id, state } = taskOfEvent(event)
    const ms = Date.parse(event.time)
    if (id !== task.id || Number.isNaN(ms)) continue
    if (state === 'new') next.createdMs ??= ms
    else if (PREPARING.has(state)) next.assignedMs ??= ms
    else if (STARTING.has(state)) next.startingMs ??= ms
    else if (state === 'running' || hasEnded(state)) next.endedMs ??= ms
  }
  return { ...times, assignedMs: undefined, startingMs: undefined, endedMs: undefined, ...next }
}

/** Seconds of a start, in all and in each phase. A phase whose beginning or end no call saw is left out. */
export type PhaseSeconds = {
  seconds: number
  waiting_s?: number
  preparing_s?: number
  starting_s?: number
}

/** The seconds in each phase. A start that did not get to a phase ended in the phase before. */
export const phaseSeconds = (times: PhaseTimes, outcome: string, nowMs: number): PhaseSeconds => {
  const { createdMs = times.seenMs, assignedMs, startingMs, endedMs = nowMs } = times
  const isCut = outcome !== 'running'
  const waitedMs = assignedMs ?? (isCut && startingMs === undefined ? endedMs : undefined)
  const preparedMs = startingMs ?? (isCut && assignedMs !== undefined ? endedMs : undefined)
  return {
    seconds: between(createdMs, endedMs),
    ...(waitedMs !== undefined && { waiting_s: between(createdMs, waitedMs) }),
    ...(assignedMs !== undefined &&
      preparedMs !== undefined && { preparing_s: between(assignedMs, preparedMs) }),
    ...(startingMs !== undefined && { starting_s: between(startingMs, endedMs) }),
  }
}

/** Clocks of nodes differ a little, and a time is never negative. */
const between = (from: number, to: number): number =>
  Math.max(0, Math.round((to - from) / 10) / 100)
