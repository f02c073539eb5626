import type { Task } from '../../docker/tasks.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import { secondsInWords } from '../duration-words.ts'
import { type HealthCheck, intervalS } from '../engine/health-checks.ts'
import type { Spawner } from '../spawner.ts'
import { HEALTH_WORDS } from './health-words.ts'
import type { ServerState } from './server-state.ts'
import { mountsDevice, VOLUME_WORDS } from './volume-words.ts'

/** 2 s: most programs are started sooner, and a check that runs by then needs no words. */
const SILENT_MS = 2000
/** 10 s: without anything that tells of a check, a start may also be slow because of a volume or the disk. */
const GUESS_MS = 10_000

type Wait = { kind: keyof typeof HEALTH_WORDS | 'volumes'; message: string }

/**
 * Adds to the progress of a server that it waits for its health check, or for its volumes: Swarm calls a task `starting` until
 * the check passes. The container tells where it is on the Engine's own node, elsewhere the service's spec.
 */
export const withHealthCheck = async (
  spawner: Pick<Spawner, 'now' | 'healthChecks'>,
  state: ServerState,
  task: Task | undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<ServerState> => {
  if (state.state !== 'starting' || task?.Status.State !== 'starting') return state
  const since = Date.parse(task.Status.Timestamp)
  const ageMs = spawner.now() - since
  if (!(ageMs >= SILENT_MS)) return state
  const wait = await waitOf(spawner, task, { ageMs, signal })
  if (!wait) return state
  const event = {
    seq: `${task.ID}:starting:check-${wait.kind}`,
    time: new Date(since + SILENT_MS).toISOString(),
    progress: 85,
    message: wait.message,
  }
  return {
    ...state,
    events: [...state.events, event],
    cursor: `${state.cursor}:check-${wait.kind}`,
  }
}

const waitOf = async (
  { healthChecks }: Pick<Spawner, 'healthChecks'>,
  task: Task,
  { ageMs, signal }: { ageMs: number; signal: AbortSignal },
): Promise<Wait | undefined> => {
  const id = task.Status.ContainerStatus?.ContainerID
  const container = id ? await unlessAborted(healthChecks.ofContainer(id), signal) : undefined
  const first = async (check: HealthCheck): Promise<Wait> => {
    const seconds = await healthChecks.firstRunS(check, signal)
    return { kind: 'first', message: HEALTH_WORDS.first(secondsInWords(seconds)) }
  }
  if (!container) {
    const check = checkOfSpec(task)
    if (check && check !== 'none') return first(check)
    return ageMs >= GUESS_MS ? guess(task, check !== 'none') : undefined
  }
  const { State, Config } = container
  if (!State.Running || !State.Health || !Config.Healthcheck) return undefined
  const {
    Interval: interval,
    StartPeriod: startPeriod,
    StartInterval: startInterval,
  } = Config.Healthcheck
  const check = { interval, startPeriod, startInterval }
  return State.Health.Log?.length
    ? { kind: 'again', message: HEALTH_WORDS.again(secondsInWords(intervalS(check))) }
    : first(check)
}

/** An Engine does not show a container while it mounts a volume of it, and other nodes' containers are never shown. */
const guess = (task: Task, mayHaveCheck: boolean): Wait | undefined => {
  if (mountsDevice(task))
    return { kind: 'volumes', message: VOLUME_WORDS[mayHaveCheck ? 'orCheck' : 'alone'] }
  return mayHaveCheck ? { kind: 'unknown', message: HEALTH_WORDS.unknown } : undefined
}

/** The check in the service's spec. Undefined where the image's own check counts, or its times, which we do not know. */
const checkOfSpec = ({ Spec }: Task): HealthCheck | 'none' | undefined => {
  const {
    Test,
    Interval = 0,
    StartPeriod = 0,
    StartInterval = 0,
  } = Spec.ContainerSpec?.Healthcheck ?? {}
  if (Test?.[0] === 'NONE') return 'none'
  // Without a test of its own, or without an interval, the image's may count.
  if (!Test?.length && Interval === 0) return undefined
  return { interval: Interval, startPeriod: StartPeriod, startInterval: StartInterval }
}
