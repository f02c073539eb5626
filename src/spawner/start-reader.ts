import { findServiceSummary } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import type { BuiltSpec } from './build-spec.ts'
import { reap } from './reap.ts'
import { isOurLabel } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import { containerOf } from './state/container-of.ts'
import { type EarlierEnd, earlierEnds, withEarlierEnds } from './state/earlier-ends.ts'
import { whyPullCannotSucceed } from './state/failing-pull.ts'
import { withFullCluster } from './state/full-cluster.ts'
import { givenUp, type Why } from './state/given-up.ts'
import { withHealthCheck } from './state/health-check.ts'
import { withLongPreparing } from './state/long-preparing.ts'
import { newestTask } from './state/newest-task.ts'
import { withNodeTrouble } from './state/node-trouble.ts'
import { absent, type ServerState, serverState } from './state/server-state.ts'
import { withUnallocated } from './state/unallocated.ts'
import { type Unplaceable, watchPlacement } from './state/unplaceable.ts'
import { whyUnstartable } from './state/unstartable.ts'
import { waitedFor } from './state/waited-for.ts'

/** 3 s: Swarm makes the first task soon after the service. Later, the service itself may be gone, and one call tells. */
const MAX_TASKLESS_MS = 3000

/** Turns the tasks that a look saw into the state of a start. Ends the start where waiting cannot help any more. */
export type StartReader = (tasks: readonly Task[], last: ServerState) => Promise<ServerState>

/** Makes the reader of one start. It removes the service when the start has failed. */
export const createStartReader = (
  spawner: Spawner,
  { built, serviceId, signal }: { built: BuiltSpec; serviceId: string; signal: AbortSignal },
): StartReader => {
  const { docker, now } = spawner
  const { spec, labels } = built
  const { serviceName, startTimeoutS } = labels
  const begun = now()
  const whyUnplaceable: Unplaceable = watchPlacement(spawner, spec)

  return async (tasks, last) => {
    if (tasks.length === 0) return whileTaskless(last)
    const seen = serverState(serviceName, tasks, await spawner.nodeNames(tasks, signal))
    const state = await withUnallocated(spawner, seen, newestTask(tasks), { mayEnd: true, signal })
    if (state.state === 'failed' || state.state === 'exited') return reap(spawner, state, tasks)
    if (state.state === 'running') return (await hasJustExited(tasks)) ? last : state
    const ends = await earlierEnds(spawner, state, tasks, signal)
    const told = await withHealthCheck(
      spawner,
      withEarlierEnds(state, ends),
      newestTask(tasks),
      signal,
    )
    const why = await (state.state === 'starting'
      ? whyGiveUp(tasks, told, ends)
      : whyShutDown(tasks, told))
    if (why) return reap(spawner, givenUp(told, why), tasks)
    const task = newestTask(tasks)
    const waited = await withLongPreparing(spawner, told, task, signal)
    return withFullCluster(spawner, waited, task)
  }

  async function whileTaskless(last: ServerState): Promise<ServerState> {
    const isGone = last.task !== null || (now() - begun > MAX_TASKLESS_MS && !(await exists()))
    return isGone ? absent(serviceName, 'The service was removed while it started') : last
  }

  async function exists(): Promise<boolean> {
    return (
      (await findServiceSummary(docker, { keepsLabel: isOurLabel, id: serviceId, signal })) !==
      undefined
    )
  }

  /** For a moment Swarm says `running` of a process that has already ended. On nodes that we cannot ask, the next poll tells. */
  async function hasJustExited(tasks: readonly Task[]): Promise<boolean> {
    const container = await containerOf(spawner, newestTask(tasks), signal)
    return container?.State.Running === false
  }

  async function whyGiveUp(
    tasks: readonly Task[],
    state: ServerState,
    ends: readonly EarlierEnd[],
  ): Promise<Why | undefined> {
    const since = now() - startTimeoutS * 1000
    // A server that has run for days may have been restarted before. Those ends say nothing about this start.
    const hopeless = whyUnstartable(
      tasks.filter(({ CreatedAt }) => Date.parse(CreatedAt) > since),
      spec,
      ends.filter(({ atMs }) => atMs > since),
    )
    if (hopeless) return hopeless
    const failingPull = whyPullCannotSucceed(newestTask(tasks), {
      now: now(),
      patienceMs: spawner.pullPatienceMs,
    })
    if (failingPull !== undefined) return { reason: failingPull, advice: state.advice }
    const unplaceable = await whyUnplaceable(tasks, signal)
    if (unplaceable !== undefined) return { reason: unplaceable }
    return begun > since ? undefined : { reason: timedOut(state, startTimeoutS) }
  }

  /** Swarm no longer wants the task and makes no other one: its node is drained or lost. A removed service is no failure. */
  async function whyShutDown(tasks: readonly Task[], state: ServerState): Promise<Why | undefined> {
    const task = newestTask(tasks)
    if (task?.DesiredState === 'remove') return undefined
    const { reason, advice } = await withNodeTrouble(spawner, state, task, signal)
    return { reason: reason ?? 'Swarm shut the task down', advice }
  }
}

const timedOut = (state: ServerState, startTimeoutS: number): string =>
  `Not running within ${startTimeoutS} s: ${waitedFor(state)}`
