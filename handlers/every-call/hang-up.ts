import { createMiddleware } from 'hono/factory'

/** Asks callers not to come back on a connection of a process that is about to stop: there may be another copy. */
export const hangUp = (shutdown: AbortSignal) =>
  createMiddleware(async (c, next) => {
    await next()
    if (shutdown.aborted) c.header('connection', 'close')
  })
