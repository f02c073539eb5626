import { createEmbeddedEngine, type EmbeddedEngine } from '../../src/embedded/engine.ts'

/**
 * A hostile text: it imitates a log line, controls a terminal, hides letters, changes the writing direction and
 * ends a line.
 */
export const HOSTILE =
  'x\n{"level":"info","message":"forged"}\r\n\u000b\u000c\u0085\u2028\u2029\u0000\u0007\b\u001b[2J\u001b]0;title\u0007' +
  '\u007f\u0080\u0090\u009b31m\u009d\u202a\u202e\u2066\u2069\u200b\u200f\u00ad\ufeff\u{e0041}forged'

/** The characters that none of our outputs may contain unchanged, including half a character. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

/** The fields that contain words of an Engine, its nodes and registries. */
const SPOKEN: ReadonlySet<string> = new Set([
  ...['Err', 'Message', 'message', 'Hostname', 'ServerVersion', 'Driver', 'ApiVersion', 'Error'],
])

/** An embedded engine that puts hostile text into all its words, and whose programs write only hostile text. */
export const createHostileEngine = (): EmbeddedEngine['fetch'] => {
  const { fetch } = createEmbeddedEngine({ speed: 20 })
  return async (request) => {
    const response = await fetch(request)
    if (new URL(request.url).pathname.endsWith('/logs')) return new Response(frame(`${HOSTILE}\n`))
    if (!response.headers.get('content-type')?.includes('json')) return response
    const text = await response.text()
    const told: unknown = text === '' ? undefined : JSON.parse(text, speak)
    return new Response(told === undefined ? null : JSON.stringify(told), response)
  }
}

const speak = (key: string, value: unknown): unknown =>
  SPOKEN.has(key) && typeof value === 'string' && value !== '' ? `${value} ${HOSTILE}` : value

/** One write of a program, in the Engine's frame. */
const frame = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new TextEncoder().encode(text)
  const framed = new Uint8Array(8 + bytes.byteLength)
  framed[0] = 1
  new DataView(framed.buffer).setUint32(4, bytes.byteLength)
  framed.set(bytes, 8)
  return framed
}
