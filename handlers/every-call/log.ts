import { createMiddleware } from 'hono/factory'
import { problemOf } from '../errors.ts'
import { subjectOf } from './log-subject.ts'
import { shownPath } from './shown-path.ts'
import type { See, StartLog } from './sight.ts'

/** One line of the log. It says what happened and never contains what was sent. */
export type LogEntry = {
  level: 'info' | 'warn' | 'error'
  message: string
} & Record<string, unknown>

export type Log = (entry: LogEntry) => void

/**
 * Logs one line for each call: who called, about which server, the result and the time. A call without an id
 * gets one. Calls that come every few seconds, such as health checks, polls, and starts that are sent again, are
 * only logged when they fail. The log of starts says how a start ended. `route` is the path of a function that is deployed alone,
 * at whatever path.
 */
export const logCalls = (log: Log, starts: StartLog, route?: string) =>
  createMiddleware<{ Variables: { hub: string; data: unknown; see: See } }>(async (c, next) => {
    const begun = performance.now()
    const { method } = c.req
    let isNews = !isFrequent({ method, path: route ?? c.req.path })
    c.set('see', (sight) => {
      const isNew = starts.see({ ...sight, hub: c.get('hub') })
      if (isNew && c.req.path.endsWith('/start')) isNews = true
    })
    await next()
    const status = c.res.status
    if (status < 400 && !isNews) return
    const isUnrouted = c.error === undefined && (status === 404 || status === 405)
    log({
      level: levelOf(status),
      message: `${method} ${route ?? shownPath(c.req.path, isUnrouted)}`,
      status,
      duration_ms: Math.round(performance.now() - begun),
      request_id: (c.req.header('webhook-id') || crypto.randomUUID()).slice(0, MAX_ID_LENGTH),
      hub: c.get('hub'),
      ...subjectOf(c.get('data')),
      ...(c.error && outcome(c.error)),
    })
  })

/** Hubs and monitors repeat these calls while nothing changes. A push of an image has a line of its own. */
const isFrequent = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'GET' || method === 'HEAD' || /\/(?:poll|start|image-pushed\/[^/]*)$/.test(path)

/** The id may come from an unauthenticated caller, so it is cut and printed as text. */
const MAX_ID_LENGTH = 64

const levelOf = (status: number): LogEntry['level'] => {
  if (status >= 500) return 'error'
  return status >= 400 ? 'warn' : 'info'
}

/** The error's code and detail. An unexpected error is a bug of ours, so its stack is logged. */
const outcome = (error: Error) => {
  const { code, detail } = problemOf(error)
  return { code, detail, ...(code === 'internal' && { stack: error.stack }) }
}
