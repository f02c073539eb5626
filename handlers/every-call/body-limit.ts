import { createMiddleware } from 'hono/factory'
import { announcedBytes, MAX_BODY_BYTES, tooLarge } from './read-body.ts'

/**
 * Refuses a body whose headers announce too many bytes, before it is read. For a body of unknown length, the
 * reader counts.
 */
export const limitBody = () =>
  createMiddleware(async (c, next) => {
    if ((announcedBytes(c.req.raw.headers) ?? 0) > MAX_BODY_BYTES) throw tooLarge()
    return next()
  })
