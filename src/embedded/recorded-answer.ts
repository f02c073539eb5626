/** What the embedded engine calls itself wherever an Engine says its version. */
export const EMBEDDED_VERSION = '28.5.2-embedded'

/** A fixture, as far as an answer is made of it. */
export type Recorded = {
  recorded: { engine: string }
  response: { status: number; headers: Record<string, string>; text?: string }
}

/** Answers with the recorded status and headers, and `body`: a text, a stream, or anything else as JSON. */
export const recordedAnswer = (
  { recorded, response }: Recorded,
  body: unknown = response.text ?? '',
): Response => {
  const headers = new Headers(response.headers)
  const server = headers.get('server')
  if (server) headers.set('server', server.replace(recorded.engine, EMBEDDED_VERSION))
  return new Response(encode(body), { status: response.status, headers })
}

/** No body at all rather than an empty text, which would add a Content-Type. */
const encode = (body: unknown): string | ReadableStream | Uint8Array | null => {
  if (body === '') return null
  const isBody =
    typeof body === 'string' || body instanceof ReadableStream || body instanceof Uint8Array
  return isBody ? body : `${JSON.stringify(body)}\n`
}
