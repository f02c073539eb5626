import type { Context, Hono } from 'hono'
import { answerProblem, RequestError } from './errors.ts'
import type { Answering } from './every-call/answer.ts'
import { shownPath } from './every-call/shown-path.ts'

/** Answers a call that no route takes: with the methods that its path takes, or that there is no such path. */
export const answerUnrouted =
  (app: Hono<Answering>) =>
  (c: Context<Answering>): Response => {
    const shown = shownPath(c.req.path, true)
    const methods = methodsOf(app, c.req.path)
    if (methods.length > 0) return refuseMethod(shown, methods)
    return answerProblem(new RequestError('no_such_route', `There is no ${c.req.method} ${shown}`))
  }

/** Answers 405. HTTP wants the methods in a header as well. A route for GET also answers HEAD. */
export const refuseMethod = (shown: string, methods: readonly string[]): Response => {
  const response = answerProblem(
    new RequestError('method_not_allowed', `${shown} takes ${methods.join(' and ')}`),
  )
  const all = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  response.headers.set('allow', all.join(', '))
  return response
}

const methodsOf = ({ routes }: Hono<Answering>, path: string): string[] => [
  ...new Set(
    routes
      .filter((route) => route.method !== 'ALL' && fits(route.path, path))
      .map(({ method }) => method),
  ),
]

/** Returns whether a path fits the pattern of a route, as the router reads it: with a slash at its end, too. */
const fits = (pattern: string, path: string): boolean => {
  const [wanted, given] = [partsOf(pattern), partsOf(path)]
  const isLike = (part: string, nth: number) =>
    part.startsWith(':') ? given[nth] !== '' : part === given[nth]
  return wanted.length === given.length && wanted.every(isLike)
}

const partsOf = (path: string): string[] => path.replace(/(?<=.)\/$/, '').split('/')
