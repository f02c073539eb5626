import { Hono } from 'hono/tiny'
import type { Dependencies } from './dependencies.ts'
import { answerProblem } from './errors.ts'
import type { Answering } from './every-call/answer.ts'
import { limitBody } from './every-call/body-limit.ts'
import { countCalls } from './every-call/count-calls.ts'
import { hangUp } from './every-call/hang-up.ts'
import { logCalls } from './every-call/log.ts'
import { noticeLeaving } from './every-call/notice-leaving.ts'
import { createStartLog, type EndedStart, startedAct } from './every-call/start-log.ts'

/** Makes an app without routes, with the middleware that every call passes. `route`: the path of its only route, for the log. */
export const createBaseApp = (deps: Dependencies, route?: string) => {
  const app = new Hono<Answering>()
  const { metrics } = deps
  if (metrics) app.use(countCalls(metrics))
  const onEnd = (ended: EndedStart) => {
    metrics?.startEnded(ended)
    deps.recent?.startEnded(ended)
    if (ended.outcome === 'running') deps.spawner.audit({ ...startedAct(ended), act: 'run' })
  }
  const starts = createStartLog(deps.log, deps.spawner.now, onEnd)
  app.use(logCalls(deps.log, starts, route))
  app.use(noticeLeaving())
  app.use(hangUp(deps.shutdown))
  app.use(limitBody())
  app.onError((error, c) => answerProblem(error, c.get('sign'), c.get('hasChosen')))
  return app
}
