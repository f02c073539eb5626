import type { Context } from 'hono'
import * as v from 'valibot'
import { forget } from '../src/spawner/forget.ts'
import { ServerKey } from '../src/spawner/server/server-key.ts'
import { asCaller } from './caller/as-caller.ts'
import { signedAt } from './caller/signed-at.ts'
import type { Dependencies } from './dependencies.ts'
import { answerJson } from './every-call/answer.ts'
import { hook } from './route.ts'
import type { Call } from './webhook.ts'

/** The data of a `spawner.forget`: one server of a user or, without `server_name`, all of them. */
export const ForgetRequest = v.strictObject({
  server: v.strictObject({
    ...ServerKey.entries,
    server_name: v.optional(ServerKey.entries.server_name.wrapped),
  }),
})
export type ForgetRequest = v.InferOutput<typeof ForgetRequest>

/**
 * `POST /forget`: removes the services of a server or user that the hub has deleted. Answers which were
 * removed, and which could not be.
 */
export const forgetServers = (deps: Dependencies) => async (c: Context<Call<ForgetRequest>>) => {
  const { server } = c.get('data')
  const { headers, signal } = c.req.raw
  const options = { hub: c.get('hub'), server, signedAt: signedAt(headers), signal }
  return answerJson(await forget(asCaller(deps.spawner, c), options), c.get('sign'))
}

/** The route, for the app and for a single function. */
export const forgetRoute = hook('/forget', 'spawner.forget', ForgetRequest, forgetServers)
