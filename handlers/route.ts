import type { Context, Hono, MiddlewareHandler } from 'hono'
import type * as v from 'valibot'
import { admit } from './caller/admit.ts'
import type { Dependencies } from './dependencies.ts'
import type { Answering } from './every-call/answer.ts'
import { type Call, webhook } from './webhook.ts'

/** One route of the service. The app contains all of them, and each can be deployed alone. */
export type Route = {
  method: 'GET' | 'POST'
  path: `/${string}`
  /** Adds the route to an app, at `path` if one is given. */
  mount: (app: Hono<Answering>, deps: Dependencies, path?: string) => void
}

/** A route that hubs call, with the schema of its data. */
export type Hook = Route & {
  /** The `type` that a call must have. */
  type: `spawner.${string}`
  data: v.GenericSchema
}

/** A route for people and tools, who have a token. `query` has its parameters, and those in its path. */
export type AdminPage = Route & { query: v.ObjectSchema<v.ObjectEntries, undefined> }

/** Makes a route for signed calls. */
export const hook = <S extends v.GenericSchema>(
  path: `/${string}`,
  type: Hook['type'],
  data: S,
  serve: (deps: Dependencies) => (c: Context<Call<v.InferOutput<S>>>) => Promise<Response>,
): Hook => ({
  method: 'POST',
  path,
  type,
  data,
  mount: (app, deps, at = path) => {
    app.post(at, webhook(deps, type, data), serve(deps))
  },
})

/** Makes a route that anybody may call. */
export const page = (
  path: `/${string}`,
  serve: (deps: Dependencies) => (c: Context) => Response | Promise<Response>,
): Route => ({
  method: 'GET',
  path,
  mount: (app, deps, at = path) => {
    app.get(at, serve(deps))
  },
})

/** Makes a route for the admin token, or for another token that `admits` accepts. A signature of a hub does not open it. */
export const adminPage = (
  path: `/${string}`,
  query: AdminPage['query'],
  serve: (deps: Dependencies) => (c: Context<Answering>) => Response | Promise<Response>,
  admits: (deps: Dependencies) => MiddlewareHandler<Answering> = admit,
): AdminPage => ({
  method: 'GET',
  path,
  query,
  mount: (app, deps, at = path) => {
    app.get(at, admits(deps), serve(deps))
  },
})
