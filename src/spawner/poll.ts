import { type DockerError, isDockerError } from '../docker/errors.ts'
import { type Look, lookCloser, type PolledServer, type PollOptions } from './look-closer.ts'
import { sha256Hex } from './server/digest.ts'
import { tasksOf } from './server/find-server.ts'
import type { ServerKey } from './server/server-key.ts'
import { serviceName } from './server/service-name.ts'
import { STARTING_PACE_MS, tasksByService } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { type ServerState, serverState, unreadable } from './state/server-state.ts'

/** The pace of looks at servers that run: nobody waits for the millisecond in which one ends. */
const STEADY_PACE_MS = 500

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
  const { tasks, troubles } = await tasksByService(spawner.docker, names, signal)
  const [trouble] = troubles.values()
  // If nothing can be read at all, the error says more than a state would.
  if (trouble && troubles.size === new Set(names).size) throw trouble
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
      state:
        hidden(spawner, { hub, server }, { name, trouble: troubles.get(name) }) ??
        serverState(name, tasks, nodeName),
    }),
  )
  for (const { server, state } of looks) {
    const { service_id: serviceId, spawn_id: spawnId } = state
    if (serviceId && spawnId) spawner.knownServices.remember({ hub, server, spawnId }, serviceId)
  }
  return lookCloser(spawner, { hub, signal }, looks)
}

/** The state of a server whose tasks can't be read; undefined for all others. */
const hidden = (
  { knownServices }: Spawner,
  { hub, server: { spawn_id: spawnId, ...server } }: { hub: string; server: PolledServer },
  { name, trouble }: { name: string; trouble: DockerError | undefined },
): ServerState | undefined => {
  if (!trouble) return undefined
  const id = spawnId === undefined ? undefined : knownServices.find({ hub, server, spawnId })
  const service = { id: id ?? null, spawnId: spawnId ?? null }
  return unreadable(name, { ...service, reason: trouble.message })
}

/** Polls, and where nothing has changed since `cursor`, waits until something does or `waitOver` aborts. */
export const pollUntilChanged = async (
  spawner: Spawner,
  polled: { hub: string; servers: readonly PolledServer[]; signal: AbortSignal },
  { cursor, waitOver }: { cursor: string; waitOver: AbortSignal },
): Promise<ServerState[]> => {
  const states = await poll(spawner, polled)
  if (cursorOf(states) !== cursor || waitOver.aborted) return states
  const settled = new AbortController()
  const until = AbortSignal.any([polled.signal, waitOver, settled.signal])
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
      // A server that can't be read does not end the wait for the others.
      if (until.aborted || isDockerError(error, 'answer_too_large')) return undefined
      throw error
    })
    if (!tasks) continue
    const seen = serverState(service_name, tasksOf(tasks, hub, server))
    // Without a task, a look can't tell a service that has none yet from none at all; `starting` stands for the former.
    const isStillTaskless = seen.task === null && state === 'starting'
    if (seen.cursor !== cursor && !isStillTaskless) return
  }
}
