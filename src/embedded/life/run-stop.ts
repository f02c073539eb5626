import { hasStopped } from '../../docker/task-ends.ts'
import { lastAttempt, lifeOf, type Run, type Timed } from './run.ts'
import { RECORDED, type TaskStatus } from './task-status.ts'

/**
 * The times that Swarm needs to stop a container, as recorded: the stop itself, and what a network with service
 * discovery adds.
 */
const STOP_MS = 1460
const STOP_OVERLAY_MS = 2000
const CLEAN_UP_MS = 140
/** How long a task is still listed after its container is gone. */
const FORGET_MS = 200

/** When the last container of a run is gone. Infinity when nobody stops the run. */
export const containerGoneAt = (run: Run, speed: number): number =>
  run.stop
    ? stopped(run, lifeOf(run, lastAttempt(run, { now: run.stop.at, speed }), speed), speed).downAt
    : Infinity

/** The steps of a task that is stopped. A running container takes its time, anything else ends at once. */
export const stopped = (
  run: Run,
  life: readonly Timed[],
  speed: number,
): { steps: Timed[]; downAt: number; goneAt: number } => {
  const { at, desired } = run.stop ?? { at: Infinity, desired: 'shutdown' }
  const before = life.filter((step) => step.at <= at)
  const last = before.at(-1)?.status ?? RECORDED.new
  const isGone = (ms: number) => (desired === 'remove' ? at + ms / speed : Infinity)
  if (hasStopped(last.State)) return { steps: before, downAt: at, goneAt: isGone(FORGET_MS) }
  if (!['starting', 'running'].includes(last.State)) {
    const down: Timed = {
      at: at + FORGET_MS / 2 / speed,
      status: withoutContainer(RECORDED.shutdown),
    }
    return { steps: [...before, down], downAt: at, goneAt: isGone(FORGET_MS) }
  }
  const ms =
    STOP_MS + (run.isOnOverlay ? STOP_OVERLAY_MS : 0) + (run.scenario.ignoresTerm ? run.graceMs : 0)
  const downAt = at + ms / speed
  // The task may start to run, or end by itself, while it is being stopped.
  const meanwhile = life.filter((step) => step.at > at && step.at < downAt)
  const isOver = meanwhile.some(({ status }) => hasStopped(status.State))
  const down = isOver ? [] : [{ at: downAt, status: RECORDED.shutdown }]
  return { steps: [...before, ...meanwhile, ...down], downAt, goneAt: isGone(ms + CLEAN_UP_MS) }
}

const withoutContainer = ({ ContainerStatus: _, ...status }: TaskStatus): TaskStatus => status
