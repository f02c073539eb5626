import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { ServerState } from '../src/spawner/server-state.ts'
import { type StartOptions, start } from '../src/spawner/start.ts'
import type { StartRequest } from '../src/spawner/start-request.ts'
import type { Deps } from './app.ts'
import { withEnough } from './enough.ts'
import { problemOf } from './errors.ts'
import type { Call } from './webhook.ts'

/** A silent stream looks dead to proxies, and on workerd a caller's leaving is noticed only when we write. */
const HEARTBEAT_MS = 5000

/**
 * `POST /start`: starts a server and answers its state once it runs, has ended, or `wait_s` is over. With
 * `Accept: text/event-stream`, an event `state` at each change and at the end `ready`, `failed` or `problem`.
 */
export const startServer = (deps: Deps) => async (c: Context<Call<StartRequest>>) =>
  c.req.header('accept')?.includes('text/event-stream') ? stream(deps, c) : wait(deps, c)

const wait = async ({ spawner, shutdown }: Deps, c: Context<Call<StartRequest>>) => {
  const request = c.get('data')
  return withEnough({ seconds: request.wait_s, shutdown }, async (enough) => {
    const options = { hub: c.get('hub'), request, signal: c.req.raw.signal, enough, shutdown }
    return c.json(await last(start(spawner, options)))
  })
}

const last = async (states: AsyncIterable<ServerState>): Promise<ServerState | undefined> => {
  let latest: ServerState | undefined
  for await (const state of states) latest = state
  return latest
}

const stream = async (deps: Deps, c: Context<Call<StartRequest>>) => {
  const gone = new AbortController()
  const states = start(deps.spawner, {
    hub: c.get('hub'),
    request: c.get('data'),
    signal: AbortSignal.any([c.req.raw.signal, gone.signal]),
    enough: deps.shutdown,
    shutdown: deps.shutdown,
  } satisfies StartOptions)
  // The first state is awaited outside of the stream: a refusal is answered with its own status.
  const first = await states.next()
  return streamSSE(c, async (sse) => {
    sse.onAbort(() => gone.abort(new DOMException('The caller is gone', 'AbortError')))
    const heartbeat = setInterval(() => sse.write(': still here\n\n'), HEARTBEAT_MS)
    const write = (event: string, data: unknown, id = '') =>
      sse.writeSSE({ event, data: JSON.stringify(data), ...(id && { id }) })
    try {
      if (!first.done) await write(eventOf(first.value), first.value, first.value.cursor)
      for await (const state of states) await write(eventOf(state), state, state.cursor)
    } catch (error) {
      if (!gone.signal.aborted) await write('problem', problemOf(error))
    } finally {
      clearInterval(heartbeat)
    }
  })
}

const eventOf = ({ state }: ServerState): 'state' | 'ready' | 'failed' => {
  if (state === 'running') return 'ready'
  return state === 'starting' ? 'state' : 'failed'
}
