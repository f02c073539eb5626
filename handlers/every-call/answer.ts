import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { jsonText } from './json-text.ts'
import type { See } from './sight.ts'

/** Signs the body of an answer. Returns the headers of Standard Webhooks for it. */
export type SignAnswer = (body: string) => Record<string, string>

/** What a call's context has for its answer. */
export type Answering = {
  Variables: {
    /** Signs the answer. Undefined for a person's call. */
    sign: SignAnswer | undefined
    /** Tells the log of starts what the call saw of a server. */
    see: See
    /** Whether the user of a start chose something. A refusal then asks them to choose something else. */
    hasChosen?: boolean
  }
}

/**
 * Answers with JSON. The answer to a signed call is signed with the same secret under the call's id, so nobody
 * else can make it and it fits no other call. A problem repeats its status in the body, so the status line
 * needs no signature.
 */
export const answerJson = (
  value: unknown,
  sign: SignAnswer | undefined,
  {
    status = 200,
    type = 'application/json',
  }: { status?: ContentfulStatusCode; type?: string } = {},
): Response => {
  const body = jsonText(value)
  return new Response(body, { status, headers: { 'content-type': type, ...sign?.(body) } })
}
