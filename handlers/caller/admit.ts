import { createMiddleware } from 'hono/factory'
import type { Dependencies } from '../dependencies.ts'
import type { Answering } from '../every-call/answer.ts'
import { requireAdmin } from './identify.ts'

/** The calls of people are counted together. No hub has an empty name. */
const PEOPLE = ''

/**
 * Lets through who has the admin token or, if `others` names some, one of those tokens. A signature is not even
 * looked at. The answers have names of users, so nobody between may keep them.
 */
export const admit = (deps: Dependencies, others: readonly (string | undefined)[] = []) =>
  createMiddleware<Answering>(async (c, next) => {
    requireAdmin(deps, c.req.header('authorization') ?? null, others)
    deps.callers?.verified(c.req.raw, PEOPLE)
    await next()
    c.header('cache-control', 'no-store')
  })
