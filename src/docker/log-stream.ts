import { brokenOff } from './body.ts'
import { DockerError } from './errors.ts'
import { createPieces, joined } from './pieces.ts'

/**
 * One line that a container wrote, without its line feed. Lines of `system` are errors of the Engine itself.
 */
export type LogLine = { stream: 'stdout' | 'stderr' | 'system'; text: string }

/** The Engine puts 8 bytes before each frame: one for the stream, four for the length. */
const HEADER_BYTES = 8
/** 1 MiB: Docker splits log lines at 16 KiB, so a larger length means that the body has no frames. */
const MAX_FRAME_BYTES = 1024 * 1024
/** 64 KiB of a line are kept. A program may write for ever without a line feed. */
const MAX_LINE_LENGTH = 64 * 1024
const STREAMS: Readonly<Record<number, LogLine['stream']>> = {
  1: 'stdout',
  2: 'stderr',
  3: 'system',
}

type Frame = { stream: LogLine['stream']; bytes: Uint8Array }

/**
 * Decodes the Engine's log body into lines. The body has frames of `[stream, 0, 0, 0, length as big-endian
 * uint32]` (Engine API, ContainerAttach), or plain bytes if `isRaw`.
 */
export async function* decodeLogs(
  body: AsyncIterable<Uint8Array>,
  { isRaw, signal }: { isRaw: boolean; signal?: AbortSignal | undefined },
): AsyncGenerator<LogLine> {
  const pending: Record<LogLine['stream'], string> = { stdout: '', stderr: '', system: '' }
  const decoders = {
    stdout: new TextDecoder(),
    stderr: new TextDecoder(),
    system: new TextDecoder(),
  }
  for await (const { stream, bytes } of isRaw ? rawFrames(body, signal) : frames(body, signal)) {
    // Only the new text is searched for line feeds. A body that comes byte by byte would otherwise be searched
    // again for each byte.
    const [first = '', ...more] = decoders[stream].decode(bytes, { stream: true }).split('\n')
    // Of a line that is long enough, nothing more is kept, so that it is not copied for each frame.
    const isFull = pending[stream].length === MAX_LINE_LENGTH
    const lines = [isFull ? pending[stream] : pending[stream] + first, ...more]
    pending[stream] = cut(lines.pop() ?? '')
    for (const text of lines) yield { stream, text: cut(text).replace(/\r$/, '') }
  }
  for (const stream of ['stdout', 'stderr', 'system'] as const)
    if (pending[stream]) yield { stream, text: pending[stream] }
}

const cut = (line: string): string => line.slice(0, MAX_LINE_LENGTH)

async function* rawFrames(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame> {
  try {
    for await (const bytes of body) yield { stream: 'stdout', bytes }
  } catch (cause) {
    throw brokenOff('logs', signal, cause)
  }
}

async function* frames(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame> {
  const pieces = createPieces()
  let [held, needed] = [0, HEADER_BYTES]
  try {
    for await (const chunk of body) {
      pieces.push(chunk)
      held += chunk.byteLength
      // The pieces are joined once for each frame, because they may come byte by byte.
      if (held < needed) continue
      let buffer = joined(pieces.take())
      for (let frame = firstFrame(buffer); frame; frame = firstFrame(buffer)) {
        buffer = buffer.subarray(HEADER_BYTES + frame.bytes.byteLength)
        yield frame
      }
      pieces.push(buffer)
      held = buffer.byteLength
      needed = HEADER_BYTES + (held < HEADER_BYTES ? 0 : lengthOf(buffer))
    }
  } catch (cause) {
    throw cause instanceof DockerError ? cause : brokenOff('logs', signal, cause)
  }
  if (held > 0)
    throw new DockerError('connection_lost', 'logs: the stream ended in the middle of a frame')
}

const firstFrame = (buffer: Uint8Array): Frame | undefined => {
  if (buffer.byteLength < HEADER_BYTES) return undefined
  const stream = STREAMS[buffer[0] ?? 0]
  const length = lengthOf(buffer)
  if (!stream || length > MAX_FRAME_BYTES)
    throw new DockerError('unexpected_answer', 'logs: these are not frames; has the service a TTY?')
  if (buffer.byteLength < HEADER_BYTES + length) return undefined
  return { stream, bytes: buffer.subarray(HEADER_BYTES, HEADER_BYTES + length) }
}

const lengthOf = (buffer: Uint8Array): number =>
  new DataView(buffer.buffer, buffer.byteOffset, HEADER_BYTES).getUint32(4)
