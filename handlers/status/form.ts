import type { Context } from 'hono'
import { requireAdmin } from '../caller/identify.ts'
import type { Dependencies } from '../dependencies.ts'
import { RequestError } from '../errors.ts'
import { announcedBytes, readBody } from '../every-call/read-body.ts'
import { beginSession, endSession } from './session.ts'

/** 4 KiB: the form has one token. Its sender is not known yet. */
const MAX_FORM_BYTES = 4096

/**
 * Carries out the form of the page: signs in with the token, or signs out. Throws a RequestError, `unauthorized`, for a wrong token
 * and for a form of another site.
 */
export const takeForm = async (deps: Dependencies, c: Context): Promise<void> => {
  requireOwnSite(c)
  const form = new URLSearchParams(await readForm(deps, c.req.raw))
  if (form.has('sign-out')) return endSession(c)
  const { adminToken, callers, spawner } = deps
  requireAdmin(deps, `Bearer ${form.get('token')?.trim() ?? ''}`)
  callers?.verified(c.req.raw, '')
  if (adminToken !== undefined) beginSession(c, adminToken, spawner.now())
}

/** A browser says of each form which site it is from. A program that says nothing has no cookies of somebody else. */
const requireOwnSite = (c: Context): void => {
  const [site, origin] = [c.req.header('sec-fetch-site'), c.req.header('origin')]
  const { host } = new URL(c.req.url)
  const isOwn =
    site === undefined ? origin === undefined || hostOf(origin) === host : site === 'same-origin'
  if (!isOwn) throw new RequestError('unauthorized', 'This form was sent from another site')
}

const hostOf = (origin: string): string | undefined => URL.parse(origin)?.host

const readForm = async ({ callers }: Dependencies, request: Request): Promise<string> => {
  const bytes = announcedBytes(request.headers) ?? Number.POSITIVE_INFINITY
  if (bytes > MAX_FORM_BYTES)
    throw new RequestError(
      'too_large',
      `The form is longer than ${MAX_FORM_BYTES} bytes, or its length is not announced`,
    )
  return (callers?.readBody ?? readBody)(request)
}
