import type { Context } from 'hono'
import * as v from 'valibot'
import { cursorOf, poll, pollUntilChanged } from '../src/spawner/poll.ts'
import { PolledServer } from '../src/spawner/polled-server.ts'
import { WaitS } from '../src/spawner/start-request.ts'
import { ServerState } from '../src/spawner/state/server-state.ts'
import type { Dependencies } from './dependencies.ts'
import { answerJson } from './every-call/answer.ts'
import { withWaitLimit } from './every-call/wait-limit.ts'
import { hook } from './route.ts'
import type { Call } from './webhook.ts'

const Waiting = { cursor: v.optional(v.string()), wait_s: v.optional(WaitS, 0) }
const MAX_SERVERS = 1000
/** A poll of one server. Its state is the answer. */
export const PollOne = v.strictObject({ server: PolledServer, ...Waiting })
/** A poll of many servers. Their states are answered in the same order. */
export const PollMany = v.strictObject({
  servers: v.pipe(v.array(PolledServer), v.maxLength(MAX_SERVERS)),
  ...Waiting,
})

/**
 * The data of a `spawner.poll`: one server or many. With `cursor` and `wait_s` the answer comes at the next
 * change.
 */
export const PollRequest = v.lazy((input) =>
  typeof input === 'object' && input !== null && 'servers' in input ? PollMany : PollOne,
)
export type PollRequest = v.InferOutput<typeof PollRequest>

/** The answer to a poll of many servers. */
export const PolledStates = v.object({ servers: v.array(ServerState), cursor: v.string() })
export type PolledStates = v.InferOutput<typeof PolledStates>

/** `POST /poll`: answers the state of a server, or the states of `servers: [...]` in the same order. */
export const pollServers = (deps: Dependencies) => async (c: Context<Call<PollRequest>>) => {
  const data = c.get('data')
  const servers = 'server' in data ? [data.server] : data.servers
  const polled = { hub: c.get('hub'), servers }
  const states =
    data.cursor !== undefined && data.wait_s > 0
      ? await waitForChange(deps, { ...polled, signal: c.req.raw.signal }, data)
      : await poll(deps.spawner, polled)
  for (const [index, state] of states.entries()) {
    const server = servers[index]
    if (server) c.get('see')({ server, state })
  }
  if ('server' in data) return answerJson(states[0], c.get('sign'))
  const answer: PolledStates = { servers: states, cursor: cursorOf(states) }
  return answerJson(answer, c.get('sign'))
}

const waitForChange = (
  { spawner, shutdown }: Dependencies,
  polled: Parameters<typeof pollUntilChanged>[1],
  { cursor = '', wait_s }: PollRequest,
) =>
  withWaitLimit({ seconds: wait_s, shutdown }, (enough) =>
    pollUntilChanged(spawner, polled, { cursor, enough }),
  )

/** The route, for the app and for a single function. */
export const pollRoute = hook('/poll', 'spawner.poll', PollRequest, pollServers)
