import * as v from 'valibot'
import type { Spawner } from '../src/spawner/spawner.ts'
import { start } from '../src/spawner/start.ts'
import { StartRequest } from '../src/spawner/start-request.ts'
import type { ServerState } from '../src/spawner/state/server-state.ts'
import { stop } from '../src/spawner/stop.ts'

export const IMAGE = 'lab/notebook:1'
export const NETWORK = 'hubnet'
export const HUB = 'default'

export const NEVER = new AbortController().signal

/** The start of a server as a hub asks for it: with a hub's two dozen variables, limits and an overlay network. */
export const startRequest = (username: string, config: object = {}): StartRequest =>
  v.parse(StartRequest, {
    server: { username },
    env: Object.fromEntries(
      Array.from({ length: 25 }, (_, n) => [`JUPYTERHUB_VARIABLE_${n}`, `value of variable ${n}`]),
    ),
    config: {
      networks: [NETWORK],
      container_spec: { Image: IMAGE },
      mem_limit: '256M',
      ...config,
    },
  })

/** Starts a server and returns its last state. Throws if that is not `running`. */
export const startServer = async (
  spawner: Spawner,
  username: string,
  config: object = {},
): Promise<ServerState> => {
  const request = startRequest(username, config)
  const states = start(spawner, { hub: HUB, request, signal: NEVER, enough: NEVER })
  let last: ServerState | undefined
  for await (const state of states) last = state
  if (last?.state === 'running') return last
  throw new Error(`${username} does not run: ${last?.reason}`)
}

/** Removes a server. Its container ends a little later. */
export const stopServer = (spawner: Spawner, username: string): Promise<ServerState> =>
  stop(spawner, { hub: HUB, server: { username, server_name: '' }, now: true, signal: NEVER })
