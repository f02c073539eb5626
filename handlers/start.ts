import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { printable } from '../src/spawner/errors.ts'
import type { ServerState } from '../src/spawner/state/server-state.ts'
import { type BeginStart, createBeginStart, StartCall } from './begin-start.ts'
import type { Dependencies } from './dependencies.ts'
import { problemOf } from './errors.ts'
import { answerJson } from './every-call/answer.ts'
import { jsonText } from './every-call/json-text.ts'
import { subjectOf } from './every-call/log-subject.ts'
import { withWaitLimit } from './every-call/wait-limit.ts'
import { hook } from './route.ts'
import type { Call } from './webhook.ts'

/** 5 s: proxies close silent streams, and workerd notices that a caller has left only when we write. */
const HEARTBEAT_MS = 5000
const MAX_CURSOR_LENGTH = 1000

/**
 * `POST /start`: starts a server. It answers the server's state when it runs, when it has ended, or when
 * `wait_s` is over. With `Accept: text/event-stream` it sends an event `state` at each change, and at the end
 * `ready`, `failed` or `problem`.
 */
const startServer = (deps: Dependencies) => {
  const begin = createBeginStart(deps)
  return async (c: Context<Call<StartCall>>) => {
    c.set('hasChosen', hasChosen(c.get('data')))
    return c.req.header('accept')?.includes('text/event-stream')
      ? stream(deps, c, begin)
      : wait(deps, c, begin)
  }
}

/** Returns whether the user chose anything that the hub lets through. */
const hasChosen = ({ config, user_options }: StartCall): boolean =>
  Boolean(config.use_user_options || config.use_user_option) &&
  typeof user_options === 'object' &&
  user_options !== null &&
  Object.keys(user_options).length > 0

const wait = async ({ shutdown }: Dependencies, c: Context<Call<StartCall>>, begin: BeginStart) =>
  withWaitLimit({ seconds: c.get('data').wait_s, shutdown }, async (enough) => {
    const { first, states } = await begin(c, { signal: c.req.raw.signal, enough, shutdown })
    let latest = first
    for await (const state of states) latest = state
    return answerJson(latest, c.get('sign'))
  })

const stream = async (
  { shutdown, waitUntil, log }: Dependencies,
  c: Context<Call<StartCall>>,
  begin: BeginStart,
) => {
  const gone = new AbortController()
  const signal = AbortSignal.any([c.req.raw.signal, gone.signal])
  // The first state is awaited before the stream begins, so that a refusal can have its own status.
  const { first, states } = await begin(c, { signal, enough: shutdown, shutdown })
  const ended = Promise.withResolvers<void>()
  // If the caller leaves, the platform must let the clean-up of the new service finish.
  waitUntil?.(ended.promise)
  return streamSSE(c, async (sse) => {
    sse.onAbort(() => gone.abort(new DOMException('The caller is gone', 'AbortError')))
    const heartbeat = setInterval(() => sse.write(': still here\n\n'), HEARTBEAT_MS)
    const write = (event: string, value: unknown, id = '') => {
      const data = jsonText(value)
      // Each event has the three headers of its signature as fields. Readers that do not know these fields
      // ignore them.
      const fields = {
        event,
        data,
        ...(id && { id: printable(id, MAX_CURSOR_LENGTH) }),
        ...c.get('sign')?.(data),
      }
      const lines = Object.entries(fields).map(([name, text]) => `${name}: ${text}\n`)
      return sse.write(`${lines.join('')}\n`)
    }
    try {
      if (first) await write(eventOf(first), first, first.cursor)
      for await (const state of states) await write(eventOf(state), state, state.cursor)
    } catch (error) {
      if (gone.signal.aborted) return
      const problem = problemOf(error, c.get('hasChosen'))
      // The status of the answer is sent already, so the log of calls cannot tell it.
      const { code, detail } = problem
      const subject = { hub: c.get('hub'), ...subjectOf(c.get('data')) }
      log({ level: 'error', message: 'POST /start: the stream ended', ...subject, code, detail })
      await write('problem', problem)
    } finally {
      clearInterval(heartbeat)
      ended.resolve()
    }
  })
}

const eventOf = ({ state }: ServerState): 'state' | 'ready' | 'failed' => {
  if (state === 'running') return 'ready'
  return state === 'starting' ? 'state' : 'failed'
}

/** The route, for the app and for a single function. */
export const startRoute = hook('/start', 'spawner.start', StartCall, startServer)
