import { createMiddleware } from 'hono/factory'
import { RequestError } from '../errors.ts'

/**
 * Turns what is thrown when a caller leaves into an Error. On Node.js it is a text, and hono handles only
 * Errors.
 */
export const noticeLeaving = () =>
  createMiddleware(async (_, next) => {
    try {
      await next()
    } catch (reason) {
      throw reason instanceof Error ? reason : new RequestError('caller_gone', String(reason))
    }
  })
