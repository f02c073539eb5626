import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { jsonText } from './json-text.ts'

/** Signs the body of an answer: says the headers of Standard Webhooks for it. */
export type SignAnswer = (body: string) => Record<string, string>

/** What the context of a signed call has for its answer; that of a person's call has none. */
export type Answering = { Variables: { sign: SignAnswer | undefined } }

/**
 * Answers with JSON. The answer to a signed call is signed with the same secret, under the id of the call: nobody else can
 * make one, and it is the answer to no other call. A problem has its status in the body, so the status line needs no signature.
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
