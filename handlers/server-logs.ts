import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import * as v from 'valibot'
import { findNamed } from '../src/spawner/named-server.ts'
import { followLogs, lastLogs, type ServerLogLine } from '../src/spawner/server-logs.ts'
import type { Dependencies } from './dependencies.ts'
import { problemOf, RequestError } from './errors.ts'
import { answerJson } from './every-call/answer.ts'
import { jsonText } from './every-call/json-text.ts'
import { noSuchServer } from './no-such-server.ts'
import { countUpTo, readQuery } from './read-query.ts'
import { adminPage } from './route.ts'

const MOST_LINES = 1000
/** 16 people may follow logs at once. Each keeps a connection to the Engine, which has 64. */
const MOST_FOLLOWERS = 16
/** 1 hour. A browser or curl that was forgotten does not follow for ever. */
const LONGEST_MS = 3_600_000
/** 5 s: proxies close silent streams. */
const HEARTBEAT_MS = 5000

/** Whose logs, and how many lines from the end. */
export const ServerLogsQuery = v.strictObject({
  service_name: v.string(),
  tail: countUpTo(MOST_LINES, 100),
})

/**
 * `GET /servers/:service_name/logs`: answers the last lines of a server. With `Accept: text/event-stream` it also
 * sends what the server writes from now on, for an hour at most.
 */
const showLogs = (deps: Dependencies) => {
  let followers = 0
  return async (c: Context) => {
    const { service_name, tail } = readQuery(c, ServerLogsQuery)
    const { signal } = c.req.raw
    const service = await findNamed(deps.spawner, service_name, signal)
    if (!service) throw noSuchServer(service_name)
    const wanted = { id: service.ID, tail, signal }
    if (!isFollowing(c)) {
      const logs = await lastLogs(deps.spawner, wanted)
      if (!logs) throw noSuchServer(service_name)
      return answerJson(logs, undefined)
    }
    if (followers >= MOST_FOLLOWERS)
      throw new RequestError('busy', `${MOST_FOLLOWERS} callers follow logs already`)
    followers++
    return follow(deps, c, wanted, () => followers--)
  }
}

/** Nobody reads the body of a HEAD, and it would be followed until its hour is over, although the caller has left. */
const isFollowing = ({ req }: Context): boolean =>
  req.method === 'GET' && Boolean(req.header('accept')?.includes('text/event-stream'))

const follow = async (
  { spawner, shutdown, waitUntil }: Dependencies,
  c: Context,
  wanted: { id: string; tail: number; signal: AbortSignal },
  onEnd: () => void,
) => {
  const over = new AbortController()
  const end = () => over.abort()
  const timer = setTimeout(end, LONGEST_MS)
  shutdown.addEventListener('abort', end, { once: true })
  const signal = AbortSignal.any([wanted.signal, over.signal])
  const release = () => {
    clearTimeout(timer)
    shutdown.removeEventListener('abort', end)
    onEnd()
  }
  const lines = await followLogs(spawner, { ...wanted, signal }).catch((error: unknown) => {
    release()
    throw error
  })
  const ended = Promise.withResolvers<void>()
  waitUntil?.(ended.promise)
  return streamSSE(c, async (sse) => {
    sse.onAbort(end)
    const heartbeat = setInterval(() => sse.write(': still here\n\n'), HEARTBEAT_MS)
    try {
      for await (const line of lines ?? NOTHING)
        await sse.writeSSE({ event: 'line', data: jsonText(line) })
      await sse.writeSSE({ event: 'end', data: '{}' })
    } catch (error) {
      if (signal.aborted) await sse.writeSSE({ event: 'end', data: '{}' })
      else await sse.writeSSE({ event: 'problem', data: jsonText(problemOf(error)) })
    } finally {
      clearInterval(heartbeat)
      release()
      ended.resolve()
    }
  })
}

const NOTHING: readonly ServerLogLine[] = []

/** The route, for the app and for a single function. */
export const serverLogsRoute = adminPage(
  '/servers/:service_name/logs',
  v.object(ServerLogsQuery.entries),
  showLogs,
)
