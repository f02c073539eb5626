import { createBaseApp } from './base-app.ts'
import type { Dependencies } from './dependencies.ts'
import { explainRoute } from './explain.ts'
import { forgetRoute } from './forget.ts'
import { healthRoute } from './health.ts'
import { imagePushedRoute } from './image-pushed.ts'
import { metricsRoute } from './metrics.ts'
import { pollRoute } from './poll.ts'
import { pullRoute } from './pull.ts'
import { readyRoute } from './ready.ts'
import type { AdminPage, Hook, Route } from './route.ts'
import { serverRoute } from './server.ts'
import { serverLogsRoute } from './server-logs.ts'
import { serversRoute } from './servers.ts'
import { startRoute } from './start.ts'
import { statusRoute } from './status.ts'
import { stopRoute } from './stop.ts'
import { answerUnrouted } from './unrouted.ts'

/** The routes that hubs call. */
export const HOOKS: readonly Hook[] = [
  startRoute,
  pollRoute,
  stopRoute,
  forgetRoute,
  explainRoute,
  pullRoute,
]

/** The routes that registries call, with a token in the path. */
export const REGISTRY_HOOKS: readonly Route[] = [imagePushedRoute]

/** The routes that anybody may call. */
export const PAGES: readonly Route[] = [healthRoute, readyRoute]

/** The routes for people and tools, who have the admin token. */
export const ADMIN_PAGES: readonly AdminPage[] = [
  statusRoute,
  serversRoute,
  serverRoute,
  serverLogsRoute,
  metricsRoute,
]

/** Makes the whole service. `more` are pages that only one runtime has. */
export const createApp = (deps: Dependencies, more: readonly Route[] = []) => {
  const app = createBaseApp(deps)
  const routes = [...HOOKS, ...REGISTRY_HOOKS, ...PAGES, ...ADMIN_PAGES, ...more]
  for (const route of routes) route.mount(app, deps)
  app.notFound(answerUnrouted(app))
  return app
}
