import type { Context } from 'hono'
import * as v from 'valibot'
import { withDeadline } from '../src/docker/deadline.ts'
import { requireManager } from '../src/docker/require-manager.ts'
import type { Dependencies } from './dependencies.ts'
import { page } from './route.ts'

/** The answer of a service that can start servers. */
export const Ready = v.object({ status: v.literal('ready'), api_version: v.string() })
export type Ready = v.InferOutput<typeof Ready>

/** 5 s: orchestrators ask every few seconds and expect a quick answer. */
const TIMEOUT_MS = 5000

/**
 * `GET /ready`: answers whether the Engine responds and manages a swarm. If not, a problem says why. Anybody
 * may call it, so all calls at the same time share one look at the Engine.
 */
const ready = ({ spawner }: Dependencies) => {
  let looking: Promise<string> | undefined
  const look = () =>
    withDeadline({ timeoutMs: 2 * TIMEOUT_MS }, 'GET /ready', async (signal) => {
      await requireManager(spawner.docker, { signal, timeoutMs: TIMEOUT_MS })
      return spawner.docker.apiVersion(signal)
    })
  return async (c: Context) => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return c.json({ status: 'ready', api_version: await looking } satisfies Ready)
  }
}

/** The route, for the app and for a single function. */
export const readyRoute = page('/ready', ready)
