import type { ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { listenOnSocket } from './listen.ts'

/** The answer of a hostile Engine to everything except a ping. */
export type EvilAnswer = (socket: Socket) => AsyncGenerator<Uint8Array>

const GIGABYTE = 2 ** 30
const PIECE = Buffer.from('a'.repeat(64 * 1024))
const bytes = (text: string) => Buffer.from(text, 'latin1')
const head = (...lines: string[]) => bytes(`HTTP/1.1 ${[...lines, '', ''].join('\r\n')}`)
const JSON_TYPE = 'content-type: application/json'

/** A gigabyte: the beginning of a list, and then a piece again and again. */
function* gigabyteOf(beginning: Uint8Array, piece: Uint8Array): Generator<Uint8Array> {
  yield beginning
  for (let sent = 0; sent < GIGABYTE; sent += piece.byteLength) yield piece
}

const LONG_TEXT = [bytes('[{"ID":"'), PIECE] as const
const SMALL_ITEMS = [bytes('['), bytes('{},'.repeat(20_000))] as const

const asChunk = (piece: Uint8Array): Buffer =>
  Buffer.concat([bytes(`${piece.byteLength.toString(16)}\r\n`), piece, bytes('\r\n')])

const inChunks = (status: string, [beginning, piece]: readonly [Buffer, Buffer]): EvilAnswer => {
  const chunks = [asChunk(beginning), asChunk(piece)] as const
  return async function* () {
    yield head(status, JSON_TYPE, 'transfer-encoding: chunked')
    yield* gigabyteOf(...chunks)
  }
}

/** 64 MiB of brackets, compressed; an answer sends it sixteen times. */
const PACKED = asChunk(gzipSync(Buffer.alloc(64 * 2 ** 20, '[')))

const ONE_BY_ONE = bytes('1\r\na\r\n'.repeat(10_000))

const HINT = head('103 Early Hints', 'link: </a>; rel=preload')
const HINTS = Buffer.concat(Array.from({ length: 1000 }, () => HINT))
/** How many thousand hints come as fast as the reader reads. It parses them within a second. */
const FAST_THOUSANDS = 100

/** The answers, by description. */
export const EVIL_ANSWERS = {
  'a gigabyte, as it says before': async function* () {
    yield head('200 OK', JSON_TYPE, `content-length: ${GIGABYTE}`)
    yield* gigabyteOf(...LONG_TEXT)
  },
  'a gigabyte in chunks': inChunks('200 OK', LONG_TEXT),
  'a gigabyte of small items': inChunks('200 OK', SMALL_ITEMS),
  'a gigabyte until the connection ends': async function* () {
    yield head('200 OK', JSON_TYPE, 'connection: close')
    yield* gigabyteOf(...LONG_TEXT)
  },
  'a gigabyte of a refusal': inChunks('500 Internal Server Error', LONG_TEXT),
  'a gigabyte that is packed into a megabyte': async function* () {
    yield head('200 OK', JSON_TYPE, 'content-encoding: gzip', 'transfer-encoding: chunked')
    for (let sent = 0; sent < 16; sent++) yield PACKED
    yield bytes('0\r\n\r\n')
  },
  'a gigabyte byte by byte': async function* () {
    yield head('200 OK', JSON_TYPE, 'transfer-encoding: chunked')
    for (let sent = 0; sent < GIGABYTE; sent += 10_000) yield ONE_BY_ONE
  },
  'headers without end': async function* () {
    yield bytes('HTTP/1.1 200 OK\r\n')
    for (let sent = 0; sent < GIGABYTE; sent += PIECE.byteLength)
      yield Buffer.concat([bytes(`x-${sent}: `), PIECE, bytes('\r\n')])
  },
  'hints without end, and no answer': async function* () {
    for (let sent = 0; ; sent++) {
      yield HINTS
      // At full speed until its deadline, a reader parses millions of hints: a minute of CPU that shows no more.
      if (sent >= FAST_THOUSANDS) await sleep(500)
    }
  },
  'one byte in half a second': async function* () {
    yield head('200 OK', JSON_TYPE, `content-length: ${GIGABYTE}`)
    for (;;) {
      yield bytes('[')
      await sleep(500)
    }
  },
} satisfies Record<string, EvilAnswer>

/** A frame of a log: who wrote it, how long it is, and what was written. */
const frame = (text: Buffer): Buffer => {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(text.byteLength, 4)
  return Buffer.concat([header, text])
}

function* without(end: Buffer): Generator<Uint8Array> {
  for (;;) yield end
}

const repeated = (text: string): Buffer =>
  Buffer.concat(Array.from({ length: 5000 }, () => frame(bytes(text))))

/** Bodies of a log without an end. */
export const EVIL_LOGS = {
  'one line without end': () => without(frame(PIECE)),
  'a line byte by byte, without end': () => without(repeated('a')),
  'empty lines without end': () => without(repeated('\n')),
  'no frames, but bytes without end': () => without(PIECE),
}

/** Writes as fast as the reader reads, until the reader leaves. */
export const streamTo = async (
  to: ServerResponse | Socket,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> => {
  for await (const piece of pieces) {
    if (to.destroyed) return
    if (!to.write(piece)) await drained(to)
  }
  to.end()
}

/**
 * An Engine on a unix socket, until the end of the test. It answers a ping well, and everything else with
 * `answer`.
 */
export const startEvilEngine = async (answer: EvilAnswer): Promise<string> => {
  const server = createServer((socket) => {
    // Without a body, or with a short one: each piece that comes is a request or the rest of one.
    socket.on('data', (sent) => void respond(socket, sent.toString('latin1'), answer))
  })
  return `unix://${await listenOnSocket(server)}`
}

const drained = (to: ServerResponse | Socket): Promise<void> =>
  new Promise((resolve) => {
    const events = ['drain', 'close', 'error']
    const wake = () => {
      for (const event of events) to.off(event, wake)
      resolve()
    }
    for (const event of events) to.on(event, wake)
  })

const respond = async (socket: Socket, request: string, answer: EvilAnswer): Promise<void> => {
  if (/^HEAD \S*\/_ping /.test(request))
    return void socket.write(head('200 OK', 'api-version: 1.51', 'content-length: 0'))
  if (!/^[A-Z]+ \/\S* HTTP/.test(request)) return
  await streamTo(socket, answer(socket))
}
