import { createBaseApp } from '../base-app.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Route } from '../route.ts'
import { refuseMethod } from '../unrouted.ts'
import { edgeFetch } from './edge.ts'

/** One route as a function that can be deployed alone. It answers at any path that the platform gives it. */
export const singleFunction = (route: Route) => ({ fetch: edgeFetch(appOf(route)) })

const appOf = (route: Route) => (deps: Dependencies) => {
  const app = createBaseApp(deps, route.path)
  route.mount(app, deps, '*')
  const methods = app.routes.map(({ method }) => method).filter((method) => method !== 'ALL')
  app.notFound(() => refuseMethod('This function', [...new Set(methods)]))
  return app
}
