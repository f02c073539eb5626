import type { Context } from 'hono'
import * as v from 'valibot'
import { explain } from '../src/spawner/explain.ts'
import { StartRequest } from '../src/spawner/start-request.ts'
import type { Dependencies } from './dependencies.ts'
import { answerJson } from './every-call/answer.ts'
import { ExplainMany, explainMany } from './explain-many.ts'
import { hook } from './route.ts'
import type { Call } from './webhook.ts'

/** The data of a `spawner.explain`: that of one start, or of many with `requests`. */
export const ExplainRequest = v.lazy((input) =>
  typeof input === 'object' && input !== null && 'requests' in input ? ExplainMany : StartRequest,
)
export type ExplainRequest = v.InferOutput<typeof ExplainRequest>

/**
 * `POST /explain`: answers what a start would send to the Engine, where each value came from, what the policy
 * refuses, and whether the nodes have room. For many starts, it answers whether each would succeed. It creates nothing.
 */
export const explainServer = (deps: Dependencies) => async (c: Context<Call<ExplainRequest>>) => {
  const [hub, data] = [c.get('hub'), c.get('data')]
  const { signal } = c.req.raw
  const answer =
    'requests' in data
      ? {
          explanations: await explainMany(
            deps.spawner,
            { hub, data, bytes: c.get('body').length },
            signal,
          ),
        }
      : await explain(deps.spawner, hub, data, signal)
  return answerJson(answer, c.get('sign'))
}

/** The route, for the app and for a single function. */
export const explainRoute = hook('/explain', 'spawner.explain', ExplainRequest, explainServer)
