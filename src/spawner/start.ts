import { findContainer } from '../docker/containers.ts'
import { isDockerError, isUnreachable } from '../docker/errors.ts'
import { findService, removeService } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { droppedFields } from '../docker/version-gates.ts'
import { adviceOn } from './advice.ts'
import { type BuiltSpec, buildSpec } from './build-spec.ts'
import { claim } from './claim.ts'
import { SpawnError } from './errors.ts'
import { mergeEvents } from './events.ts'
import { whyHopeless } from './hopeless.ts'
import { readLabels } from './labels.ts'
import { newestTask } from './newest-task.ts'
import { withNodeTrouble } from './node-trouble.ts'
import { reap } from './remove-server.ts'
import { absent, type ServerState, serverState, taskless } from './server-state.ts'
import { sleep } from './sleep.ts'
import type { Spawner } from './spawner.ts'
import type { StartRequest } from './start-request.ts'
import { STARTING_PACE_MS } from './task-watch.ts'
import { type Unplaceable, watchPlacement } from './unplaceable.ts'

/** How long the Engine may be out of reach while a start waits: it takes 12 s to come back from a kill. */
const MAX_OUTAGE_MS = 15_000
/** For how long the removal of what nobody waits for any more is tried; then it is `swarmspawner gc`'s. */
const MAX_DISCARD_MS = 120_000
/** How long a service may be without any task before it is looked for. */
const MAX_TASKLESS_MS = 3000

export type StartOptions = {
  hub: string
  request: StartRequest
  /** Aborted when the caller is gone: what was made is removed. */
  signal: AbortSignal
  /** Aborted when the caller has waited long enough: what was made goes on. */
  enough: AbortSignal
}

/**
 * Starts a server and yields its state at each change, until it runs, has ended, or `enough` aborts. Throws a
 * SpawnError where the request is refused, and DockerErrors. What it made is removed where the server fails,
 * its time is up or the caller is gone.
 */
export async function* start(
  spawner: Spawner,
  { hub, request, signal, enough }: StartOptions,
): AsyncGenerator<ServerState> {
  const built = buildSpec(hub, request)
  await refuseDroppedFields(spawner, built, signal)
  try {
    const serviceId = await claim(spawner, built, signal)
    yield* follow(spawner, { built, serviceId, signal, enough })
  } catch (error) {
    if (signal.aborted) await discard(spawner, built)
    throw error
  }
}

/** An older Engine would leave a field out without a word, `NoNewPrivileges` for one. */
const refuseDroppedFields = async (
  { docker }: Spawner,
  { spec }: BuiltSpec,
  signal: AbortSignal,
): Promise<void> => {
  const version = await docker.apiVersion(signal)
  const issues = droppedFields(spec, version).map(({ field, since }) => ({
    path: field,
    message: `needs Engine API ${since}; this Engine speaks ${version} and would leave it out`,
  }))
  const [first] = issues
  if (first) throw new SpawnError('invalid_config', `${first.path} ${first.message}`, issues)
}

type Following = Omit<StartOptions, 'hub' | 'request'> & { built: BuiltSpec; serviceId: string }

async function* follow(spawner: Spawner, following: Following): AsyncGenerator<ServerState> {
  const { serviceName, spawnId } = following.built.labels
  const judge = createJudge(spawner, following)
  let last = taskless(serviceName, { id: following.serviceId, spawnId })
  yield last
  for await (const tasks of looks(spawner, following)) {
    const next = await judge(tasks, last)
    if (next.cursor === last.cursor) continue
    // A task keeps no history of itself: what earlier looks saw is added.
    last = { ...next, events: mergeEvents(last.events, next.events) }
    yield last
    if (last.state !== 'starting') return
  }
}

/** Looks at the service's tasks again and again; an Engine that is out of reach for a while is waited for. */
async function* looks(
  spawner: Spawner,
  { built, serviceId, signal, enough }: Following,
): AsyncGenerator<Task[]> {
  const waiting = AbortSignal.any([signal, enough])
  let outage: { since: number; error: unknown } | undefined
  while (!enough.aborted) {
    try {
      const tasks = await spawner.watch(built.labels.serviceName, {
        paceMs: STARTING_PACE_MS,
        signal: waiting,
      })
      outage = undefined
      yield tasks.filter((task) => task.ServiceID === serviceId)
    } catch (error) {
      signal.throwIfAborted()
      if (enough.aborted) break
      outage = { since: outage?.since ?? spawner.now(), error }
      if (!isUnreachable(error) || spawner.now() - outage.since > MAX_OUTAGE_MS) throw error
      await sleep(500, waiting)
    }
  }
  signal.throwIfAborted()
  // Unknown is not "starting": who waited through an outage is told of it.
  if (outage) throw outage.error
}

/** What a look means for a start: the state, or an end to it that Swarm itself would wait for in vain. */
const createJudge = (spawner: Spawner, { built, serviceId, signal }: Following) => {
  const { docker, now } = spawner
  const { spec, labels } = built
  const { serviceName, startTimeoutS } = labels
  const begun = now()
  const whyUnplaceable: Unplaceable = watchPlacement(spawner, spec)

  return async (tasks: readonly Task[], last: ServerState): Promise<ServerState> => {
    if (tasks.length === 0) return whileTaskless(last)
    const state = serverState(serviceName, tasks, await spawner.nodeNames(tasks, signal))
    if (state.state === 'failed' || state.state === 'exited') return reap(spawner, state, tasks)
    if (state.state === 'running') return (await hasJustExited(tasks)) ? last : state
    const why = await whyGiveUp(tasks, state)
    if (why === undefined) return state
    return reap(spawner, { ...state, ...why, state: 'failed', status: 1 }, tasks)
  }

  async function whileTaskless(last: ServerState): Promise<ServerState> {
    const isGone = last.task !== null || (now() - begun > MAX_TASKLESS_MS && !(await exists()))
    return isGone ? absent(serviceName, 'The service was removed while it started') : last
  }

  async function exists(): Promise<boolean> {
    return (await findService(docker, { id: serviceId, signal })) !== undefined
  }

  /** Swarm says `running` for the first moments of a process that has ended already; its container knows better. */
  async function hasJustExited(tasks: readonly Task[]): Promise<boolean> {
    const id = newestTask(tasks)?.Status.ContainerStatus?.ContainerID
    if (!id) return false
    // It is not on our node, or not shown to us: the next poll will tell.
    const container = await findContainer(docker, { id, signal, timeoutMs: 1000 }).catch(
      (error: unknown) => {
        if (!isDockerError(error)) throw error
      },
    )
    return container?.State.Running === false
  }

  async function whyGiveUp(tasks: readonly Task[], state: ServerState): Promise<GivingUp> {
    if (state.state !== 'starting') {
      const { reason, advice, ...lost } = await withNodeTrouble(
        spawner,
        state,
        newestTask(tasks),
        signal,
      )
      return lost.state === 'failed' ? { reason, advice, cursor: lost.cursor } : undefined
    }
    const age = now() - startTimeoutS * 1000
    const recent = tasks.filter(({ CreatedAt }) => Date.parse(CreatedAt) > age)
    const reason = whyHopeless(recent, spec) ?? (await whyUnplaceable(tasks, signal))
    const cursor = `${state.cursor}:given-up`
    if (reason !== undefined) return { reason, advice: adviceOn(reason), cursor }
    if (now() - begun <= startTimeoutS * 1000) return undefined
    return { reason: timedOut(state, startTimeoutS), advice: state.advice, cursor }
  }
}

type GivingUp = Pick<ServerState, 'reason' | 'advice' | 'cursor'> | undefined

const timedOut = ({ reason, events }: ServerState, startTimeoutS: number): string =>
  `Not running within ${startTimeoutS} s: ${reason ?? events.at(-1)?.message ?? 'no task yet'}`

/**
 * Removes what a start made whose caller is gone, also where the answer to its create was lost; an Engine that is away
 * is waited for.
 */
const discard = async ({ docker, now }: Spawner, { labels }: BuiltSpec): Promise<void> => {
  const giveUpAt = now() + MAX_DISCARD_MS
  for (;;) {
    try {
      const service = await findService(docker, { id: labels.serviceName })
      if (service && readLabels(service.Spec.Labels)?.spawnId === labels.spawnId)
        await removeService(docker, { id: service.ID })
      return
    } catch (error) {
      if (!isUnreachable(error) || now() > giveUpAt) throw error
      await sleep(1000)
    }
  }
}
