import { createMiddleware } from 'hono/factory'
import { embeddedVersion, type Recordings } from './recordings.ts'

/** Gives every answer the headers of one Engine version, whichever version its body was recorded from. */
export const speakAs = (recorded: Recordings) => {
  const server = `Docker/${embeddedVersion(recorded)} (linux)`
  const apiVersion = recorded.ping.response.headers['api-version']
  return createMiddleware(async (c, next) => {
    await next()
    const { headers } = c.res
    if (headers.has('server')) headers.set('server', server)
    if (headers.has('api-version')) headers.set('api-version', apiVersion)
  })
}
