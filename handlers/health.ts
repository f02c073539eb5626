import type { Context } from 'hono'

/** `GET /health`: this process is alive; says nothing of the Engine. */
export const health = () => (c: Context) => c.json({ status: 'ok' })
