import { createMiddleware } from 'hono/factory'
import tooNew from '../../fixtures/28.5/ping.too-new.400.json' with { type: 'json' }
import tooOld from '../../fixtures/28.5/ping.too-old.400.json' with { type: 'json' }
import { refusal } from './refusal.ts'

const MIN_MINOR = 24
const MAX_MINOR = 51

const PREFIX = /^\/v(\d+)\.(\d+)(?=\/)/

/** The path of a request to the Engine, without `/v1.51`. */
export const unversionedPath = (request: Request): string =>
  new URL(request.url).pathname.replace(PREFIX, '')

/** Refuses an API version that the recorded Engine refuses. */
export const checkApiVersion = createMiddleware(async (c, next) => {
  const [, major, minor] = PREFIX.exec(new URL(c.req.url).pathname) ?? []
  if (major !== undefined && minor !== undefined) {
    const asked = `${major}.${minor}`
    if (compare(major, minor, MAX_MINOR) > 0) throw refusal(tooNew, { '1.99': asked })
    if (compare(major, minor, MIN_MINOR) < 0) throw refusal(tooOld, { '1.11': asked })
  }
  await next()
})

const compare = (major: string, minor: string, limit: number): number =>
  Number(major) - 1 || Number(minor) - limit
