import { Hono } from 'hono'
import type { Spawner } from '../src/spawner/spawner.ts'
import { StartRequest } from '../src/spawner/start-request.ts'
import { StartCall } from './begin-start.ts'
import { limitBody } from './body-limit.ts'
import { answerProblem, RequestError } from './errors.ts'
import { explainServer } from './explain.ts'
import { ForgetRequest, forgetServers } from './forget.ts'
import { hangUp } from './hang-up.ts'
import { health } from './health.ts'
import { type Log, logCalls } from './log.ts'
import { noticeLeaving } from './notice-leaving.ts'
import { PollRequest, pollServers } from './poll.ts'
import { ready } from './ready.ts'
import type { HubKeys } from './signature.ts'
import { startServer } from './start.ts'
import { StopRequest, stopServer } from './stop.ts'
import { webhook } from './webhook.ts'

/** What the handlers work with. */
export type Deps = {
  spawner: Spawner
  hubs: readonly HubKeys[]
  /** Lets people call by hand; none, nobody. */
  adminToken: string | undefined
  log: Log
  /** Aborted when this process is about to stop: who waits is answered at once, and may ask another copy. */
  shutdown: AbortSignal
}

/** Room for a hub's environment and settings; read no further than this before the signature is known. */
const MAX_BODY_BYTES = 1024 * 1024

/** Every route, on one screen. */
export const createApp = (deps: Deps) => {
  const app = new Hono()
  app.use(logCalls(deps.log))
  app.use(noticeLeaving())
  app.use(hangUp(deps.shutdown))
  app.use(limitBody(MAX_BODY_BYTES))

  app.post('/start', webhook(deps, 'spawner.start', StartCall), startServer(deps))
  app.post('/poll', webhook(deps, 'spawner.poll', PollRequest), pollServers(deps))
  app.post('/stop', webhook(deps, 'spawner.stop', StopRequest), stopServer(deps))
  app.post('/forget', webhook(deps, 'spawner.forget', ForgetRequest), forgetServers(deps))
  app.post('/explain', webhook(deps, 'spawner.explain', StartRequest), explainServer(deps))
  app.get('/health', health())
  app.get('/ready', ready(deps))

  app.onError(answerProblem)
  app.notFound((c) => answerProblem(unrouted(c.req.path, c.req.method), c))
  return app
}

const HOOKS = ['/start', '/poll', '/stop', '/forget', '/explain']

const unrouted = (path: string, method: string): RequestError =>
  HOOKS.includes(path) && method !== 'POST'
    ? new RequestError('method_not_allowed', `${path} takes POST`)
    : new RequestError('no_such_route', `There is no ${method} ${path}`)
