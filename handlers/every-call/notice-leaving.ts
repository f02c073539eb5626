import { createMiddleware } from 'hono/factory'
import { RequestError } from '../errors.ts'

/** Makes an error of what is thrown when a caller leaves: on Node.js it is a text, which hono takes for none. */
export const noticeLeaving = () =>
  createMiddleware(async (_, next) => {
    try {
      await next()
    } catch (reason) {
      throw reason instanceof Error ? reason : new RequestError('caller_gone', String(reason))
    }
  })
