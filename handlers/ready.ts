import type { Context } from 'hono'
import * as v from 'valibot'
import { requireManager } from '../src/docker/require-manager.ts'
import type { Deps } from './deps.ts'
import { page } from './route.ts'

/** The answer of a service that can start servers. */
export const Ready = v.object({ status: v.literal('ready'), api_version: v.string() })
export type Ready = v.InferOutput<typeof Ready>

/** `GET /ready`: the Engine answers and manages a swarm; else a problem that says what it is instead. */
export const ready =
  ({ spawner }: Deps) =>
  async (c: Context) => {
    await requireManager(spawner.docker, { signal: c.req.raw.signal, timeoutMs: 5000 })
    const api_version = await spawner.docker.apiVersion(c.req.raw.signal)
    return c.json({ status: 'ready', api_version } satisfies Ready)
  }

/** The route, for the app and for a function of its own. */
export const readyRoute = page('/ready', ready)
