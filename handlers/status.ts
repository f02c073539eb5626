import type { Context } from 'hono'
import * as v from 'valibot'
import { isDockerError } from '../src/docker/errors.ts'
import { requireAdmin } from './caller/identify.ts'
import type { Dependencies } from './dependencies.ts'
import { type Problem, problemOf, RequestError } from './errors.ts'
import { readQuery } from './read-query.ts'
import type { AdminPage } from './route.ts'
import { isLoopback } from './settings/listen-settings.ts'
import { takeForm } from './status/form.ts'
import { pageHeaders } from './status/frame.ts'
import { StatusQuery } from './status/search.ts'
import { hasSession } from './status/session.ts'
import { signInPage } from './status/sign-in-page.ts'
import { type Status, statusPage } from './status/status-page.ts'

/** `GET /`: the status page for people. Without a session or the admin token, it asks for the token. */
const showStatus = (deps: Dependencies) => async (c: Context) => {
  if (!isAdmitted(deps, c)) return answerSignIn(deps, c, 200)
  deps.callers?.verified(c.req.raw, '')
  const query = readQuery(c, StatusQuery)
  const { spawner, hubs, recent, rounds } = deps
  const seen = await look(deps)
  const told = { query, hubs: hubs.map(({ hub }) => hub), recent, rounds, nowMs: spawner.now() }
  const page = statusPage({ ...told, seen })
  return c.body(page, 'problem' in seen ? 503 : 200, pageHeaders())
}

/** `POST /`: the form of the page. Afterwards the browser gets the page anew, at the same address. */
const answerForm = (deps: Dependencies) => async (c: Context) => {
  await takeForm(deps, c)
  const { search } = new URL(c.req.url)
  return c.body(null, 303, { location: search || '?', 'cache-control': 'no-store' })
}

/** Throws for a header with a wrong token. The cookie opens nothing but this page. */
const isAdmitted = (deps: Dependencies, c: Context): boolean => {
  const authorization = c.req.header('authorization')
  if (authorization !== undefined) requireAdmin(deps, authorization)
  const { adminToken, spawner } = deps
  return (
    authorization !== undefined ||
    (adminToken !== undefined && hasSession(c, adminToken, spawner.now()))
  )
}

const look = async ({ spawner, log }: Dependencies): Promise<Status['seen']> => {
  try {
    return { overview: await spawner.lookAround() }
  } catch (error) {
    if (!isDockerError(error)) throw error
    const problem = problemOf(error)
    const { code, detail } = problem
    log({ level: 'warn', message: 'GET /: the Engine could not be asked', code, detail })
    return { problem }
  }
}

/** Answers errors to people as the page, and to programs as problems, as everywhere. */
const forPeople =
  (deps: Dependencies, serve: (c: Context) => Promise<Response>) => async (c: Context) => {
    try {
      return await serve(c)
    } catch (error) {
      const isTold = error instanceof RequestError && c.req.header('accept')?.includes('text/html')
      if (!isTold) throw error
      // The log of calls reads it there.
      c.error = error
      return answerSignIn(deps, c, problemOf(error).status, error.message)
    }
  }

const answerSignIn = (
  { adminToken }: Dependencies,
  c: Context,
  status: Problem['status'],
  trouble?: string,
): Response => {
  const { protocol, hostname } = new URL(c.req.url)
  const isPlain = protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))
  const page = signInPage({ hasToken: adminToken !== undefined, isPlain, trouble })
  return c.body(page, status, pageHeaders())
}

/** The route, for the app and for a single function. The form of the page is sent to the same path. */
export const statusRoute: AdminPage = {
  method: 'GET',
  path: '/',
  query: v.object(StatusQuery.entries),
  mount: (app, deps, at = '/') => {
    app.get(at, forPeople(deps, showStatus(deps)))
    app.post(at, forPeople(deps, answerForm(deps)))
  },
}
