import { DockerError } from './errors.ts'
import type { EngineResponse } from './transport.ts'

/** Room for a listing of ten thousand services; what is longer is not ours. */
const MAX_BODY_BYTES = 32 * 1024 * 1024

/** Reads a body as text, up to `maxBytes`; a body that breaks off is `connection_lost`. */
export const readText = async (
  response: EngineResponse,
  name: string,
  signal: AbortSignal,
  maxBytes = MAX_BODY_BYTES,
): Promise<string> => {
  const text = await readAll(response, maxBytes).catch((cause) => {
    throw brokenOff(name, signal, cause)
  })
  if (text === undefined)
    throw new DockerError(
      'answer_too_large',
      `${name}: the answer is longer than ${maxBytes} bytes`,
    )
  return text
}

const readAll = async (
  { body, text }: EngineResponse,
  maxBytes: number,
): Promise<string | undefined> => {
  if (text) return text(maxBytes)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return decodeUtf8(chunks)
}

/** The error of a body that ended early: the caller's own reason where it was an abort. */
export const brokenOff = (
  name: string,
  signal: AbortSignal | undefined,
  cause: unknown,
): unknown =>
  signal?.aborted
    ? signal.reason
    : new DockerError(
        'connection_lost',
        `${name}: the connection broke in the middle of the answer`,
        {
          cause,
        },
      )

const decodeUtf8 = (chunks: readonly Uint8Array[]): string => {
  const decoder = new TextDecoder()
  const [only] = chunks
  if (only && chunks.length === 1) return decoder.decode(only)
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
}
