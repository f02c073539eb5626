import { createMiddleware } from 'hono/factory'
import type { Recordings } from './recordings.ts'
import { refusal } from './wire/refusal.ts'

const PREFIX = /^\/v(\d+)\.(\d+)(?=\/)/

/** The path of a request to the Engine, without the version prefix (`/v1.51`). */
export const unversionedPath = (request: Request): string =>
  new URL(request.url).pathname.replace(PREFIX, '')

/** Refuses the API versions that the recorded Engine refuses. */
export const checkApiVersion = ({ version, tooNew, tooOld }: Recordings) => {
  const { ApiVersion, MinAPIVersion } = version.response.json
  return createMiddleware(async (c, next) => {
    const asked = askedVersion(c.req.url)
    if (asked && compare(asked, ApiVersion) > 0) throw refusal(tooNew, { '1.99': asked })
    if (asked && compare(asked, MinAPIVersion) < 0) throw refusal(tooOld, { '1.11': asked })
    await next()
  })
}

/**
 * Returns whether a request asks for API version `wanted` or a newer one. A request without a version asks for
 * the newest.
 */
export const isAskedInAtLeast = ({ version }: Recordings, url: string, wanted: string): boolean =>
  compare(askedVersion(url) ?? version.response.json.ApiVersion, wanted) >= 0

const askedVersion = (url: string): string | undefined => {
  const [, major, minor] = PREFIX.exec(new URL(url).pathname) ?? []
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`
}

/** Compares two versions. Negative when `one` is older. */
const compare = (one: string, other: string): number => {
  const [major = 0, minor = 0] = one.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major - otherMajor || minor - otherMinor
}
