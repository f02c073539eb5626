import { createMiddleware } from 'hono/factory'

/**
 * When this process is about to stop, asks callers to close their connections. Another copy may answer their
 * next call.
 */
export const hangUp = (shutdown: AbortSignal) =>
  createMiddleware(async (c, next) => {
    await next()
    if (shutdown.aborted) c.header('connection', 'close')
  })
