/** The part of a fixture that an answer is made from. */
export type Recorded = {
  response: { status: number; headers: Record<string, string>; text?: string }
}

/**
 * An answer with the recorded status and headers; `speakAs` then puts the version's own headers in. `body` is a
 * text, a stream, or anything else as JSON.
 */
export const recordedAnswer = (
  { response }: Recorded,
  body: unknown = response.text ?? '',
): Response => new Response(encode(body), { status: response.status, headers: response.headers })

/** An empty text becomes no body, because an empty text would add a Content-Type. */
const encode = (body: unknown): string | ReadableStream | Uint8Array | null => {
  if (body === '') return null
  const isBody =
    typeof body === 'string' || body instanceof ReadableStream || body instanceof Uint8Array
  return isBody ? body : `${JSON.stringify(body)}\n`
}
