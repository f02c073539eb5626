import type { Context } from 'hono'
import * as v from 'valibot'
import { ServerKey } from '../src/spawner/server/server-key.ts'
import { stop } from '../src/spawner/stop.ts'
import { asCaller } from './caller/as-caller.ts'
import { signedAt } from './caller/signed-at.ts'
import type { Dependencies } from './dependencies.ts'
import { answerJson } from './every-call/answer.ts'
import { hook } from './route.ts'
import type { Call } from './webhook.ts'

/**
 * The data of a `spawner.stop`. With `spawn_id` it stops only that spawn. With `now` it does not wait for the
 * container's end.
 */
export const StopRequest = v.strictObject({
  server: ServerKey,
  spawn_id: v.optional(v.string()),
  now: v.optional(v.boolean(), false),
})
export type StopRequest = v.InferOutput<typeof StopRequest>

/**
 * `POST /stop`: removes the server's service. It also answers `absent` when there was nothing, so it may be
 * repeated.
 */
export const stopServer = (deps: Dependencies) => async (c: Context<Call<StopRequest>>) => {
  const { server, spawn_id: spawnId, now } = c.get('data')
  const options = {
    hub: c.get('hub'),
    server,
    spawnId,
    signedAt: signedAt(c.req.raw.headers),
    now,
    signal: c.req.raw.signal,
    shutdown: deps.shutdown,
  }
  const state = await stop(asCaller(deps.spawner, c), options)
  if (state.state === 'absent' || state.state === 'stopping')
    c.get('see')({ server: { ...server, spawn_id: spawnId }, state, ended: 'stopped' })
  return answerJson(state, c.get('sign'))
}

/** The route, for the app and for a single function. */
export const stopRoute = hook('/stop', 'spawner.stop', StopRequest, stopServer)
