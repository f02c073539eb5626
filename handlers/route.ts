import type { Context, Hono } from 'hono'
import type * as v from 'valibot'
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
