/** A fixture, as far as an answer is made of it. */
export type Recorded = {
  response: { status: number; headers: Record<string, string>; text?: string }
}

/** Answers with the recorded status and headers, which `speakAs` makes those of the version, and `body`: a text, a stream, or anything else as JSON. */
export const recordedAnswer = (
  { response }: Recorded,
  body: unknown = response.text ?? '',
): Response => new Response(encode(body), { status: response.status, headers: response.headers })

/** No body at all rather than an empty text, which would add a Content-Type. */
const encode = (body: unknown): string | ReadableStream | Uint8Array | null => {
  if (body === '') return null
  const isBody =
    typeof body === 'string' || body instanceof ReadableStream || body instanceof Uint8Array
  return isBody ? body : `${JSON.stringify(body)}\n`
}
