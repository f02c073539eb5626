import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { RequestError } from './errors.ts'

/** Refuses a body of more than `maxBytes`, before it is read where its length is announced. */
export const limitBody = (maxBytes: number) => {
  const tooLarge = (): never => {
    throw new RequestError('too_large', `The body is longer than ${maxBytes} bytes`)
  }
  // hono's makes a web stream of every body, which takes longer than all the rest of a poll.
  const counted = bodyLimit({ maxSize: maxBytes, onError: tooLarge })
  return createMiddleware(async (c, next) => {
    const announced = c.req.header('content-length')
    const isAnnounced = /^\d+$/.test(announced ?? '') && !c.req.header('transfer-encoding')
    if (!isAnnounced) return counted(c, next)
    if (Number(announced) > maxBytes) tooLarge()
    return next()
  })
}
