import { createMiddleware } from 'hono/factory'
import { problemOf } from '../errors.ts'
import { subjectOf } from './log-subject.ts'

/** One line of log: what happened, never what was sent. */
export type LogEntry = {
  level: 'info' | 'warn' | 'error'
  message: string
} & Record<string, unknown>

export type Log = (entry: LogEntry) => void

/**
 * Logs one line a call: who, about whom, how it ended, how long it took; a call without an id of its own is given one. What comes every few seconds, health checks and
 * polls, is silent while all is well.
 */
export const logCalls = (log: Log) =>
  createMiddleware<{ Variables: { hub: string; data: unknown } }>(async (c, next) => {
    const begun = performance.now()
    await next()
    const status = c.res.status
    if (status < 400 && (c.req.method === 'GET' || c.req.path.endsWith('/poll'))) return
    log({
      level: levelOf(status),
      message: `${c.req.method} ${c.req.path}`,
      status,
      duration_ms: Math.round(performance.now() - begun),
      request_id: (c.req.header('webhook-id') || crypto.randomUUID()).slice(0, MAX_ID_LENGTH),
      hub: c.get('hub'),
      ...subjectOf(c.get('data')),
      ...(c.error && outcome(c.error)),
    })
  })

/** The id may come from an unauthenticated caller, so it is cut and printed as text. */
const MAX_ID_LENGTH = 64

const levelOf = (status: number): LogEntry['level'] => {
  if (status >= 500) return 'error'
  return status >= 400 ? 'warn' : 'info'
}

/** An error that is not ours is a bug of ours: its stack is what we need of it. */
const outcome = (error: Error) => {
  const { code, detail } = problemOf(error)
  return { code, detail, ...(code === 'internal' && { stack: error.stack }) }
}
