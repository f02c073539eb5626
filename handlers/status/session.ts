import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { hmacHex, isEqual } from '../caller/signature.ts'

/** 1 hour: who has left their desk has not left the page open for the whole day. */
export const SESSION_S = 3600

const NAME = 'swarmspawner-status'

/**
 * Makes the value of a session's cookie: the time of its end, and a proof that somebody had the admin token. All copies of the
 * service accept it, and a new admin token ends it. It does not tell the token.
 */
export const makeSession = (adminToken: string, nowMs: number): string => {
  const ends = String(Math.floor(nowMs / 1000) + SESSION_S)
  return `${ends}.${proofOf(adminToken, ends)}`
}

/** Returns whether a value was made with this admin token, and its time is not over. */
export const isSession = (adminToken: string, value: string, nowMs: number): boolean => {
  const [, ends, proof] = /^(\d{1,12})\.([0-9a-f]{64})$/.exec(value) ?? []
  if (ends === undefined || proof === undefined) return false
  return isEqual(proof, proofOf(adminToken, ends)) && nowMs < Number(ends) * 1000
}

/** A key of its own, so that the proof is of no use where the token signs anything else. */
const proofOf = (adminToken: string, ends: string): string =>
  hmacHex(hmacHex(adminToken, 'swarmspawner status page'), ends)

/** Returns whether a request has the cookie of a session. With TLS, only a cookie counts that no other host can set. */
export const hasSession = (c: Context, adminToken: string, nowMs: number): boolean => {
  const values = [getCookie(c, NAME, 'host'), isOverTls(c) ? undefined : getCookie(c, NAME)]
  return values.some((value) => value !== undefined && isSession(adminToken, value, nowMs))
}

/** Sets the cookie of a new session. It goes to no other site, to no script, and not over plain HTTP if the form did not. */
export const beginSession = (c: Context, adminToken: string, nowMs: number): void =>
  setCookie(c, NAME, makeSession(adminToken, nowMs), { ...optionsOf(c), maxAge: SESSION_S })

/** Takes the cookie away from the browser. */
export const endSession = (c: Context): void => {
  deleteCookie(c, NAME, optionsOf(c))
}

const optionsOf = (c: Context) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'Strict' as const,
  ...(isOfSecuredPage(c) && { secure: true, prefix: 'host' as const }),
})

const isOverTls = (c: Context): boolean => new URL(c.req.url).protocol === 'https:'

/** A proxy may end TLS before the service. The browser then still says that the page of the form came over TLS. */
const isOfSecuredPage = (c: Context): boolean =>
  isOverTls(c) || Boolean(c.req.header('origin')?.startsWith('https://'))
