import type { Context } from 'hono'
import { explain } from '../src/spawner/explain.ts'
import type { StartRequest } from '../src/spawner/start-request.ts'
import type { Deps } from './app.ts'
import type { Call } from './webhook.ts'

/** `POST /explain`: what a start would send to the Engine, where each value came from, and what the policy refuses; creates nothing. */
export const explainServer = (deps: Deps) => async (c: Context<Call<StartRequest>>) =>
  c.json(await explain(deps.spawner, c.get('hub'), c.get('data'), c.req.raw.signal))
