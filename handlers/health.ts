import type { Context } from 'hono'
import * as v from 'valibot'
import { page } from './route.ts'

/** The answer of a process that is alive. */
export const Health = v.object({ status: v.literal('ok') })
export type Health = v.InferOutput<typeof Health>

/** `GET /health`: answers that this process is alive. It does not ask the Engine. */
export const health = () => (c: Context) => c.json({ status: 'ok' } satisfies Health)

/** The route, for the app and for a single function. */
export const healthRoute = page('/health', health)
