import type { Context } from 'hono'
import { requireManager } from '../src/docker/require-manager.ts'
import type { Deps } from './deps.ts'
import { page } from './route.ts'

/** `GET /ready`: the Engine answers and manages a swarm; else a problem that says what it is instead. */
export const ready =
  ({ spawner }: Deps) =>
  async (c: Context) => {
    await requireManager(spawner.docker, { signal: c.req.raw.signal, timeoutMs: 5000 })
    return c.json({
      status: 'ready',
      api_version: await spawner.docker.apiVersion(c.req.raw.signal),
    })
  }

/** The route, for the app and for a function of its own. */
export const readyRoute = page('/ready', ready)
