import type { Context } from 'hono'
import { explain } from '../src/spawner/explain.ts'
import { StartRequest } from '../src/spawner/start-request.ts'
import type { Dependencies } from './dependencies.ts'
import { answerJson } from './every-call/answer.ts'
import { hook } from './route.ts'
import type { Call } from './webhook.ts'

/**
 * `POST /explain`: answers what a start would send to the Engine, where each value came from, and what the
 * policy refuses. It creates nothing.
 */
export const explainServer = (deps: Dependencies) => async (c: Context<Call<StartRequest>>) =>
  answerJson(
    await explain(deps.spawner, c.get('hub'), c.get('data'), c.req.raw.signal),
    c.get('sign'),
  )

/** The route, for the app and for a single function. */
export const explainRoute = hook('/explain', 'spawner.explain', StartRequest, explainServer)
