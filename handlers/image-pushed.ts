import type { Context } from 'hono'
import { withDeadline } from '../src/docker/deadline.ts'
import type { GatherLimits } from '../src/spawner/images/gather.ts'
import { judgePushes } from '../src/spawner/images/pull-pushed.ts'
import { letOthers } from '../src/spawner/let-others.ts'
import { answerOf, lineOf } from './answer-to-registry.ts'
import { requireGithubSignature, requirePushToken } from './caller/push-token.ts'
import type { Dependencies } from './dependencies.ts'
import { type Answering, answerJson } from './every-call/answer.ts'
import { readBody } from './every-call/read-body.ts'
import { createPullPushes, PUSH_LIMITS } from './pull-pushes.ts'
import { type ReadEnvelope, readEnvelope } from './registry-events/read-envelope.ts'
import type { Route } from './route.ts'

type Call = Context<{ Variables: { hub: string } & Answering['Variables'] }>

/**
 * 2 s: until a registry has its answer, some send nothing else. If the Swarm cannot be asked, they are told to send the event again.
 */
const TIMEOUT_MS = 2000

/**
 * `POST /image-pushed/:token`: a registry announces pushed images, and those that are due or listed are pulled ahead after the answer.
 * Whatever a registry may send is answered with 202, because some send again what was refused, and nothing else until then.
 */
const imagePushed = (limits: GatherLimits) => (deps: Dependencies) => {
  const pull = createPullPushes(deps, limits)
  return async (c: Call): Promise<Response> => {
    const { hub, envelope } = await readCall(deps, c)
    const { images } = envelope
    const looking = { signal: c.req.raw.signal, timeoutMs: TIMEOUT_MS }
    const verdicts = await withDeadline(looking, 'the images that are due', (signal) =>
      judgePushes(deps.spawner, images, { hub, signal }),
    )
    const wanted = images.filter((_, nth) => verdicts[nth] === 'wanted')
    const { taken, done } = pull(wanted.map((pushed) => ({ hub, pushed })))
    deps.waitUntil?.(done)
    const outcome = { envelope, verdicts, taken: taken.length }
    deps.log(lineOf(hub, outcome))
    return answerJson(answerOf(outcome), undefined, { status: 202 })
  }
}

/** Reads the body of a call. It reads nothing from callers without a token. The token is the last part of the path. */
const readCall = async (
  { push, callers }: Dependencies,
  c: Call,
): Promise<{ hub: string; envelope: ReadEnvelope }> => {
  const { headers } = c.req.raw
  const token = c.req.path.split('/').at(-1) ?? ''
  const hub = requirePushToken(push?.tokens ?? [], token)
  c.set('hub', hub)
  const body = await (callers?.readBody ?? readBody)(c.req.raw)
  requireGithubSignature(headers, token, body)
  await letOthers(body.length)
  const envelope = readEnvelope(headers, body, push?.hosts ?? new Map())
  await letOthers(body.length)
  return { hub, envelope }
}

const PATH = '/image-pushed/:token'

/** Makes the route. `limits` say how pushes are gathered. */
export const createImagePushedRoute = (limits = PUSH_LIMITS): Route => {
  const serve = imagePushed(limits)
  return {
    method: 'POST',
    path: PATH,
    mount: (app, deps, at = PATH) => {
      app.post(at, serve(deps))
    },
  }
}

/** The route, for the app and for a single function. */
export const imagePushedRoute = createImagePushedRoute()
