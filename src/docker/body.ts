import { DockerError } from './errors.ts'
import { createPieces, createScale } from './pieces.ts'
import type { EngineResponse } from './transport.ts'

/** 32 MiB hold a list of ten thousand services of ours. A longer list has services that others made large. */
const MAX_BODY_BYTES = 32 * 1024 * 1024

/**
 * 1 MiB: many callers may read bodies up to this size at the same time. The tasks of 200 servers take half of
 * it.
 */
export const FREE_BYTES = 1024 * 1024

/**
 * Waits for the caller's turn to read a body longer than `FREE_BYTES`. The process has memory for one such body
 * at a time.
 */
export type TakeTurn = () => Promise<void>

/**
 * Reads a body as text. Throws `answer_too_large` above `maxBytes`, and `connection_lost` when the body breaks
 * off.
 */
export const readText = async (
  response: EngineResponse,
  name: string,
  signal: AbortSignal,
  maxBytes = MAX_BODY_BYTES,
  takeTurn?: TakeTurn,
): Promise<string> => {
  const text = await readAll(response, maxBytes, takeTurn).catch((cause) => {
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
  takeTurn: TakeTurn | undefined,
): Promise<string | undefined> => {
  if (text) return text(maxBytes, takeTurn)
  const chunks = createPieces()
  const weightOf = createScale()
  let bytes = 0
  for await (const chunk of body) {
    const before = bytes
    bytes += weightOf(chunk)
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
    if (before <= FREE_BYTES && bytes > FREE_BYTES) await takeTurn?.()
  }
  return decodeUtf8(chunks.take())
}

/** The error for a body that ended early. When the caller aborted, it is the caller's own reason. */
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
