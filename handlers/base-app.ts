import { Hono } from 'hono/tiny'
import type { Answering } from './answer.ts'
import { limitBody } from './body-limit.ts'
import type { Deps } from './deps.ts'
import { answerProblem } from './errors.ts'
import { hangUp } from './hang-up.ts'
import { logCalls } from './log.ts'
import { noticeLeaving } from './notice-leaving.ts'

/** Makes an app without routes: what holds for every call. */
export const createBaseApp = (deps: Deps) => {
  const app = new Hono<Answering>()
  app.use(logCalls(deps.log))
  app.use(noticeLeaving())
  app.use(hangUp(deps.shutdown))
  app.use(limitBody())
  app.onError((error, c) => answerProblem(error, c.get('sign')))
  return app
}
