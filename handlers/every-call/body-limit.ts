import { createMiddleware } from 'hono/factory'
import { announcedBytes, MAX_BODY_BYTES, tooLarge } from './read-body.ts'

/** Refuses a body that is announced as too long, before it is read; whoever reads one of unknown length counts. */
export const limitBody = () =>
  createMiddleware(async (c, next) => {
    if ((announcedBytes(c.req.raw.headers) ?? 0) > MAX_BODY_BYTES) throw tooLarge()
    return next()
  })
