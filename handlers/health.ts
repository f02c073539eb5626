import type { Context } from 'hono'
import { page } from './route.ts'

/** `GET /health`: this process is alive; says nothing of the Engine. */
export const health = () => (c: Context) => c.json({ status: 'ok' })

/** The route, for the app and for a function of its own. */
export const healthRoute = page('/health', health)
