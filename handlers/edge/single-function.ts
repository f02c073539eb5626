import { createBaseApp } from '../base-app.ts'
import type { Dependencies } from '../dependencies.ts'
import { answerProblem, RequestError } from '../errors.ts'
import type { Route } from '../route.ts'
import { edgeFetch } from './edge.ts'

/** One route as a function that can be deployed alone. It answers at any path that the platform gives it. */
export const singleFunction = (route: Route) => ({ fetch: edgeFetch(appOf(route)) })

const appOf = (route: Route) => (deps: Dependencies) => {
  const app = createBaseApp(deps, route.path)
  route.mount(app, deps, '*')
  const refusal = new RequestError('method_not_allowed', `This function takes ${route.method}`)
  app.notFound(() => answerProblem(refusal))
  return app
}
