import * as v from 'valibot'
import type { Spawner } from '../../src/spawner/spawner.ts'
import { start } from '../../src/spawner/start.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'

/** The server to start and its image. The hub is `default` by default. */
export type StartedServer = {
  username: string
  server_name?: string
  service_prefix?: string
  hub?: string
  image?: string
  config?: object
}

/**
 * Starts a server as a hub's call would. It waits until the server runs or has ended, unless `isWaiting` is
 * false.
 */
export const startServer = async (
  spawner: Spawner,
  { hub = 'default', image = 'demo/notebook:1', config = {}, ...server }: StartedServer,
  isWaiting = true,
): Promise<ServerState> => {
  const networks = ['jupyterhub']
  const request = v.parse(StartRequest, {
    server,
    config: { container_spec: { image }, networks, ...config },
  })
  const signal = new AbortController().signal
  const enough = isWaiting ? signal : AbortSignal.abort()
  let last: ServerState | undefined
  for await (const state of start(spawner, { hub, request, signal, enough })) last = state
  if (!last) throw new Error('a start without a state')
  return last
}
