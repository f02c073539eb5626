import { isDockerError, isUnreachable } from '../docker/errors.ts'
import { type FoundServices, findServices, seeService } from './find-taskless.ts'
import type { PolledServer, PollOptions, SeenServer } from './polled-server.ts'
import { reapEnded } from './reap-ended.ts'
import { seeServers } from './see-servers.ts'
import { sha256Hex } from './server/digest.ts'
import { tasksOf } from './server/find-server.ts'
import type { ServerKey } from './server/server-key.ts'
import { STARTING_PACE_MS } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { type ServerState, serverState, unreadable } from './state/server-state.ts'

/** The pace of looks at servers that run. Nobody needs to know the end of a server within milliseconds. */
const STEADY_PACE_MS = 500

/**
 * Says the state of each server, in one Engine call for all that have a task. The service of a server that has ended is
 * removed, so its exit code and last lines are told once; after that it is `absent`. With `keepsEnded` it stays.
 */
export const poll = async (
  spawner: Spawner,
  { servers, ...options }: PollOptions & { servers: readonly PolledServer[] },
): Promise<ServerState[]> => {
  const seen = await seeServers(spawner, options, servers)
  const found = await findServices(spawner, options, seen.filter(isMissing))
  return Promise.all(
    seen.map(async (one) => {
      try {
        return await stateOf(spawner, options, { one, found })
      } catch (error) {
        if (!isDockerError(error)) throw error
        const { message } = error
        // An Engine that cannot be asked any more says nothing about any of the servers.
        if (isUnreachable(error) || seen.length === 1) throw error
        // What the Engine refuses for one server is told of that server alone.
        return unreadableFor(one, message)
      }
    }),
  )
}

const isMissing = ({ state }: SeenServer): boolean => state.state === 'absent'

const stateOf = async (
  spawner: Spawner,
  options: PollOptions,
  { one, found }: { one: SeenServer; found: FoundServices },
): Promise<ServerState> => {
  const seen = isMissing(one) ? await seeService(spawner, options, { missing: one, found }) : one
  return isMissing(seen) ? seen.state : reapEnded(spawner, seen, options)
}

const unreadableFor = ({ server, state }: SeenServer, reason: string): ServerState =>
  unreadable(state.service_name, {
    reason,
    id: state.service_id,
    spawnId: state.spawn_id ?? server.spawn_id ?? null,
  })

/** Polls. If nothing has changed since `cursor`, waits for a change, or until `enough` aborts, and polls again. */
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

/** Makes one cursor of the states of servers: the own cursor of a single one, a digest for many. */
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
      // A server that cannot be read does not end the wait for the others.
      if (until.aborted || isDockerError(error, 'answer_too_large')) return undefined
      throw error
    })
    if (!tasks) continue
    const seen = serverState(service_name, tasksOf(tasks, hub, server))
    // Tasks do not tell a service without a task yet from no service at all. The state before was `starting`, so it is the former.
    const isStillTaskless = seen.task === null && state === 'starting'
    // A cursor may go on with what a look alone does not tell, such as a network that is full.
    if (!cursor.startsWith(seen.cursor) && !isStillTaskless) return
  }
}
