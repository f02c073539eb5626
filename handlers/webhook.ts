import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { tellIssues } from '../src/spawner/errors.ts'
import { issueWords } from '../src/spawner/issue-words.ts'
import { letOthers } from '../src/spawner/let-others.ts'
import { identify, requireCredentials } from './caller/identify.ts'
import { requireRecent } from './caller/signature.ts'
import type { Dependencies } from './dependencies.ts'
import { RequestError } from './errors.ts'
import type { Answering } from './every-call/answer.ts'
import { readBody } from './every-call/read-body.ts'
import { sizeRefusal } from './every-call/size-refusal.ts'

/**
 * What a handler gets from a verified call: the hub, the parsed data, the signed text, and the function that
 * signs the answer.
 */
export type Call<T> = {
  Variables: { hub: string; data: T; body: string } & Answering['Variables']
}

const Envelope = v.object({ type: v.string(), data: v.unknown() })

/**
 * Verifies a call and parses its data. The signature covers the body and not the path (Standard Webhooks). So
 * the `type` in the body must be the route's own: a signed poll cannot be replayed as a stop.
 */
export const webhook = <S extends v.GenericSchema>(deps: Dependencies, type: string, schema: S) =>
  createMiddleware<Call<v.InferOutput<S>>>(async (c, next) => {
    const envelope = parseEnvelope(await readCall(deps, c))
    if (envelope.type !== type)
      throw new RequestError('wrong_type', `This route accepts only the type "${type}"`)
    c.set('data', parseData(schema, envelope.data))
    await letOthers(c.get('body').length)
    await next()
  })

/**
 * Reads the body of a call. It reads nothing from callers without credentials, so no memory and no time is
 * spent on their bodies.
 */
const readCall = async (deps: Dependencies, c: Context<Call<unknown>>): Promise<string> => {
  const request = c.req.raw
  requireCredentials(deps, request.headers)
  const body = await (deps.callers?.readBody ?? readBody)(request)
  await letOthers(body.length)
  const { hub, sign } = identify(deps, request, body)
  c.set('hub', hub)
  c.set('sign', sign)
  c.set('body', body)
  if (sign) requireRecent(request.headers, deps.spawner.now())
  deps.callers?.verified(request, hub)
  await letOthers(body.length)
  return body
}

const parseEnvelope = (body: string): v.InferOutput<typeof Envelope> => {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), body)
  if (!json.success) throw new RequestError('invalid_json', 'The body is not JSON')
  const why = sizeRefusal(json.output)
  if (why !== undefined) throw new RequestError('invalid_request', `The body ${why}`)
  const envelope = v.safeParse(Envelope, json.output)
  if (envelope.success) return envelope.output
  throw new RequestError('invalid_request', 'The body must be {"type", "timestamp", "data"}')
}

/** Reads the data of a call by its schema. Throws a RequestError, `invalid_request`, which names each wrong field. */
export const parseData = <S extends v.GenericSchema>(
  schema: S,
  data: unknown,
): v.InferOutput<S> => {
  const result = v.safeParse(schema, data)
  if (result.success) return result.output
  const issues = result.issues.map(nameIssue)
  throw new RequestError('invalid_request', tellIssues(issues).message, issues)
}

/**
 * Names the path and the expected type of an issue. Its input may contain a user's environment, including a
 * token.
 */
const nameIssue = (issue: v.BaseIssue<unknown>) => ({
  path: v.getDotPath(issue) ?? 'data',
  message: issueWords(issue),
})
