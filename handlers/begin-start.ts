import type { Context } from 'hono'
import * as v from 'valibot'
import { findServer } from '../src/spawner/server/find-server.ts'
import { readLabels } from '../src/spawner/server/labels.ts'
import { type StartOptions, start } from '../src/spawner/start.ts'
import { StartRequest } from '../src/spawner/start-request.ts'
import type { ServerState } from '../src/spawner/state/server-state.ts'
import { asCaller } from './caller/as-caller.ts'
import { createCarriedOut, digestOfCall } from './caller/carried-out.ts'
import { TOLERANCE_S } from './caller/signature.ts'
import { signedAt } from './caller/signed-at.ts'
import type { Dependencies } from './dependencies.ts'
import { RequestError } from './errors.ts'
import { createSights } from './every-call/start-sights.ts'
import { createStartWarnings } from './every-call/start-warnings.ts'
import { tellRefusal } from './tell-refusal.ts'
import type { Call } from './webhook.ts'

/** The data of a `spawner.start`. Without `issued_at`, the time of the signature counts. */
export const StartCall = v.strictObject({
  ...StartRequest.entries,
  issued_at: v.optional(StartRequest.entries.issued_at.wrapped),
})
export type StartCall = v.InferOutput<typeof StartCall>

/** A start whose service exists: its first state, and the states that follow. */
export type Begun = { first: ServerState | undefined; states: AsyncIterable<ServerState> }

export type BeginStart = (
  c: Context<Call<StartCall>>,
  aborts: Omit<StartOptions, 'hub' | 'request' | 'warn' | 'waitUntil'>,
) => Promise<Begun>

/**
 * Begins starts and remembers the calls. A call that comes again reports on its server while that exists,
 * because the first answer may have been lost. When the server is gone, the call is refused, because somebody
 * may have read it on its way and replayed it.
 */
export const createBeginStart = ({
  spawner,
  log,
  waitUntil,
  metrics,
  recent,
}: Dependencies): BeginStart => {
  const carriedOut = createCarriedOut(spawner.now)
  const warnOnce = createStartWarnings(log)
  return async (c, aborts) => {
    const { headers } = c.req.raw
    const hub = c.get('hub')
    const request = withIssueTime(c.get('data'), signedAt(headers), spawner.now())
    requirePast(request, spawner.now())
    const call = signedAt(headers) && digestOfCall(headers, c.get('body'))
    if (call && carriedOut.has(call)) await requireItsServer(spawner, hub, request)
    const sights = createSights(c.get('see'), request)
    const hooks = { onImage: sights.onImage, warn: warnOnce(hub, request), waitUntil }
    const told = asCaller(spawner, c, { groups: request.groups })
    const states = start(told, { hub, request, ...hooks, ...aborts })
    const first = await states.next().catch((error: unknown) => {
      metrics?.startFailed(hub, error)
      recent?.startFailed(hub, request, error)
      tellRefusal(told, { hub, request, error })
      throw error
    })
    if (!first.done) sights.see(first.value)
    if (call) carriedOut.add(call)
    const undo = () => {
      if (!aborts.signal.aborted) return
      if (call) carriedOut.remove(call)
      sights.abandon()
    }
    const rest = onError(sights.watch(states), undo)
    return { first: first.done ? undefined : first.value, states: rest }
  }
}

/** When a caller leaves, the start cleans up. `undo` then forgets the call, so that it may be sent again. */
async function* onError(states: AsyncIterable<ServerState>, undo: () => void) {
  try {
    yield* states
  } catch (error) {
    undo()
    throw error
  }
}

/**
 * Adds the time of the start, if it has none. The hub's clock counts if it is behind ours: otherwise the hub's
 * own stop would seem older than the start.
 */
const withIssueTime = (
  data: StartCall,
  signedAtMs: number | undefined,
  nowMs: number,
): StartRequest => ({ ...data, issued_at: data.issued_at ?? Math.min(nowMs, signedAtMs ?? nowMs) })

/**
 * Refuses a start dated in the future. It would keep the name from everything that the hub starts until then.
 */
const requirePast = ({ issued_at }: StartRequest, nowMs: number): void => {
  if (issued_at <= nowMs + TOLERANCE_S * 1000) return
  const message = `must not be more than ${TOLERANCE_S} s ahead of the service's clock`
  throw new RequestError('invalid_request', `issued_at ${message}`, [
    { path: 'issued_at', message },
  ])
}

const requireItsServer = async (
  spawner: Dependencies['spawner'],
  hub: string,
  { server, spawn_id }: StartRequest,
): Promise<void> => {
  const service = await findServer(spawner, { hub, server })
  if (readLabels(service?.Spec.Labels)?.spawnId === spawn_id) return
  throw new RequestError('replayed', 'This call was already carried out, and its server is gone')
}
