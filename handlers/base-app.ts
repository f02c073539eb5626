import { Hono } from 'hono/tiny'
import { limitBody } from './body-limit.ts'
import type { Deps } from './deps.ts'
import { answerProblem } from './errors.ts'
import { hangUp } from './hang-up.ts'
import { logCalls } from './log.ts'
import { noticeLeaving } from './notice-leaving.ts'

/** Room for a hub's environment and settings; read no further than this before the signature is known. */
const MAX_BODY_BYTES = 1024 * 1024

/** Makes an app without routes: what holds for every call. */
export const createBaseApp = (deps: Deps) => {
  const app = new Hono()
  app.use(logCalls(deps.log))
  app.use(noticeLeaving())
  app.use(hangUp(deps.shutdown))
  app.use(limitBody(MAX_BODY_BYTES))
  app.onError(answerProblem)
  return app
}
