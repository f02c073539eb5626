import { listServices, type Service } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { sha256Hex } from './digest.ts'
import { isOf, servicesOfHub, tasksOf } from './find-server.ts'
import { readLabels } from './labels.ts'
import { newestTask } from './newest-task.ts'
import { withNodeTrouble } from './node-trouble.ts'
import { reap } from './remove-server.ts'
import type { ServerKey } from './server-key.ts'
import { type ServerState, scaledToNone, serverState, taskless } from './server-state.ts'
import { serviceName } from './service-name.ts'
import type { Spawner } from './spawner.ts'
import { STARTING_PACE_MS, tasksByService } from './task-watch.ts'

/** The pace of looks at servers that run: nobody waits for the millisecond in which one ends. */
const STEADY_PACE_MS = 500

/** A server to be polled; a hub that names its spawn is told where that was taken from it. */
export type PolledServer = ServerKey & { spawn_id?: string | undefined }

type PollOptions = { hub: string; signal?: AbortSignal | undefined }

/**
 * Says the state of each server, in one Engine call for all that have a task. A server that has ended is
 * removed, its exit code and last words said this once; one that is gone is `absent`.
 */
export const poll = async (
  spawner: Spawner,
  { hub, servers, signal }: PollOptions & { servers: readonly PolledServer[] },
): Promise<ServerState[]> => {
  const named = servers.map((server) => ({ server, name: serviceName(server) }))
  const names = named.map(({ name }) => name)
  const tasks = await tasksByService(spawner.docker, names, signal)
  const owned = named.map(({ server, name }) => ({
    server,
    name,
    tasks: tasksOf(tasks.get(name) ?? [], hub, server),
  }))
  const nodeName = await spawner.nodeNames(
    owned.flatMap(({ tasks }) => tasks),
    signal,
  )
  const looks = owned.map(
    ({ server, name, tasks }): Look => ({
      server,
      tasks,
      state: serverState(name, tasks, nodeName),
    }),
  )
  for (const { server, state } of looks) {
    const { service_id: serviceId, spawn_id: spawnId } = state
    if (serviceId && spawnId) spawner.knownServices.remember({ hub, server, spawnId }, serviceId)
  }
  return lookCloser(spawner, { hub, signal }, looks)
}

/** A server that is polled, its tasks, and what they say. */
type Look = { server: PolledServer; tasks: readonly Task[]; state: ServerState }

/** Polls, and where nothing has changed since `cursor`, waits until something does or `enough` aborts. */
export const pollUntilChanged = async (
  spawner: Spawner,
  polled: { hub: string; servers: readonly PolledServer[]; signal: AbortSignal },
  { cursor, enough }: { cursor: string; enough: AbortSignal },
): Promise<ServerState[]> => {
  const states = await poll(spawner, polled)
  if (cursorOf(states) !== cursor || enough.aborted) return states
  const settled = new AbortController()
  const until = AbortSignal.any([polled.signal, enough, settled.signal])
  await Promise.race(
    polled.servers.map((server, index) => {
      const state = states[index]
      return state && waitForChange(spawner, { hub: polled.hub, server, until }, state)
    }),
  ).finally(() => settled.abort())
  polled.signal.throwIfAborted()
  return poll(spawner, polled)
}

/** Names the states of servers: one server's own cursor, or a digest of many. */
export const cursorOf = (states: readonly ServerState[]): string => {
  const [only] = states
  if (only && states.length === 1) return only.cursor
  return sha256Hex(states.map(({ cursor }) => cursor).join('\n')).slice(0, 16)
}

const waitForChange = async (
  spawner: Spawner,
  { hub, server, until }: { hub: string; server: ServerKey; until: AbortSignal },
  { state, cursor, service_name }: ServerState,
): Promise<void> => {
  const isMoving = state === 'starting' || state === 'stopping'
  const look = { paceMs: isMoving ? STARTING_PACE_MS : STEADY_PACE_MS, signal: until }
  while (!until.aborted) {
    const tasks = await spawner.watch(service_name, look).catch((error: unknown) => {
      if (until.aborted) return undefined
      throw error
    })
    if (!tasks) return
    const seen = serverState(service_name, tasksOf(tasks, hub, server))
    // Without a task, a look can't tell a service that has none yet from none at all; `starting` stands for the former.
    const isStillTaskless = seen.task === null && state === 'starting'
    if (seen.cursor !== cursor && !isStillTaskless) return
  }
}

/** Looks for the services of servers without a task, explains what tasks alone don't, and removes what has ended. */
const lookCloser = async (
  spawner: Spawner,
  options: PollOptions,
  looks: readonly Look[],
): Promise<ServerState[]> => {
  const missing = looks.filter(({ state }) => state.state === 'absent')
  const services = missing.length > 0 ? await findMissing(spawner, options, missing) : []
  return Promise.all(
    looks.map(async ({ server, tasks, state: seen }) => {
      const { hub, signal } = options
      const service =
        seen.state === 'absent'
          ? services.find(({ Spec }) => isOf(readLabels(Spec.Labels), hub, server))
          : undefined
      if (seen.state === 'absent' && !service) return explainAbsence(server, seen)
      const known = service ? await stateOfService(spawner, { ...options, server }, service) : seen
      const state = await withNodeTrouble(spawner, known, newestTask(tasks), signal)
      if (state.state !== 'failed' && state.state !== 'exited') return state
      // What was still stopping is on a lost node, whose logs the Engine would wait for.
      return reap(spawner, state, known.state === 'stopping' ? [] : tasks)
    }),
  )
}

/** Who names a spawn has not stopped it. */
const explainAbsence = ({ spawn_id }: PolledServer, state: ServerState): ServerState =>
  spawn_id === undefined
    ? state
    : {
        ...state,
        reason:
          'Its service is gone: somebody removed it (docker service rm), or its end has been told before',
      }

/** By name, which is cheap; else all of the hub's, for one that was started under a former service_prefix. */
const findMissing = async (
  spawner: Spawner,
  { hub, signal }: PollOptions,
  missing: readonly Look[],
): Promise<Service[]> => {
  const name = missing.map(({ state }) => state.service_name)
  const byName =
    name.length <= 200 ? await listServices(spawner.docker, { filters: { name }, signal }) : []
  const found = byName.filter(
    ({ Spec }) => name.includes(Spec.Name) && readLabels(Spec.Labels)?.hub === hub,
  )
  return found.length === name.length ? found : servicesOfHub(spawner, hub, signal)
}

const stateOfService = async (
  spawner: Spawner,
  { hub, server, signal }: PollOptions & { server: ServerKey },
  { ID, Spec }: Service,
): Promise<ServerState> => {
  // Under the name that it should have, it has just been seen to have no task.
  const isSeen = Spec.Name === serviceName(server)
  const tasks = isSeen ? undefined : await tasksByService(spawner.docker, [Spec.Name], signal)
  const own = tasksOf(tasks?.get(Spec.Name) ?? [], hub, server)
  if (own.length > 0) return serverState(Spec.Name, own, await spawner.nodeNames(own, signal))
  const service = { id: ID, spawnId: readLabels(Spec.Labels)?.spawnId ?? null }
  return Spec.Mode?.Replicated?.Replicas === 0
    ? scaledToNone(Spec.Name, service)
    : taskless(Spec.Name, service)
}
