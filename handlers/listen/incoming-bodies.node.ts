import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { RequestError } from '../errors.ts'
import { MAX_BODY_BYTES, tooLarge } from '../every-call/read-body.ts'

/** The most bytes for all bodies together whose senders are not known yet, and the time for each. */
export type BodyLimits = { maxBytes: number; timeoutMs: number }

/**
 * 16 MiB have room for a hub's burst of 256 calls of 64 KiB. A hub's body arrives within milliseconds, or 1 MiB
 * on a slow line within 15 s.
 */
export const BODY_LIMITS: BodyLimits = { maxBytes: 16 * MAX_BODY_BYTES, timeoutMs: 15_000 }

/** 64 KiB is what Node.js reads at once, so most bodies are one piece. */
const FIRST_BYTES = 64 * 1024
/**
 * 16,384 pieces: a network packet holds about a thousand bytes. A sender of a million pieces of one byte only
 * wants to keep us busy.
 */
const MAX_PIECES = 16_384

type Reading = { held: number; fail: (error: Error) => void }

/**
 * Reads bodies so that strangers cannot fill the memory. Each body is in one buffer that grows as bytes arrive,
 * however small the pieces are. All buffers together have at most `maxBytes`; above that, the oldest body is
 * given up, because a hub's body is complete quickly.
 */
export const createBodies = ({ maxBytes, timeoutMs }: BodyLimits = BODY_LIMITS) => {
  const readings = new Set<Reading>()
  let held = 0

  const hold = (reading: Reading, bytes: number) => {
    held += bytes - reading.held
    reading.held = bytes
  }
  const makeRoom = () => {
    for (const oldest of readings) {
      if (held <= maxBytes) return
      oldest.fail(new RequestError('busy', 'Too many bodies are being sent'))
    }
  }
  return (incoming: IncomingMessage): Promise<string> =>
    new Promise((resolve, reject) => {
      const announced = Number(incoming.headers['content-length'] ?? MAX_BODY_BYTES)
      let [buffer, length, pieces] = [Buffer.alloc(0), 0, 0]
      const end = () => {
        clearTimeout(timer)
        incoming.off('data', take).off('end', finish).off('error', leave).off('close', leave)
        readings.delete(reading)
        hold(reading, 0)
      }
      const fail = (error: Error) => {
        end()
        reject(error)
      }
      const take = (chunk: Buffer) => {
        if (length + chunk.length > MAX_BODY_BYTES) return fail(tooLarge())
        if (++pieces > MAX_PIECES) return fail(tooManyPieces())
        buffer = grown(buffer, length + chunk.length, announced)
        length += chunk.copy(buffer, length)
        hold(reading, buffer.length)
        makeRoom()
      }
      const finish = () => {
        end()
        resolve(new TextDecoder().decode(buffer.subarray(0, length)))
      }
      const leave = () =>
        fail(new RequestError('caller_gone', 'The caller left before the end of its body'))
      const timer = setTimeout(() => fail(tooSlow(timeoutMs)), timeoutMs)
      const reading: Reading = { held: 0, fail }
      readings.add(reading)
      if (incoming.destroyed && !incoming.readableEnded) leave()
      else incoming.on('data', take).on('end', finish).on('error', leave).on('close', leave)
    })
}

/**
 * Returns a buffer with room for `bytes`. It grows four times at once, so that the copying stays in proportion
 * to the body.
 */
const grown = (
  buffer: Buffer<ArrayBuffer>,
  bytes: number,
  announced: number,
): Buffer<ArrayBuffer> => {
  if (bytes <= buffer.length) return buffer
  const roomy = Math.min(Math.max(4 * buffer.length, FIRST_BYTES), announced)
  const longer = Buffer.allocUnsafeSlow(Math.max(bytes, roomy))
  buffer.copy(longer)
  return longer
}

const tooSlow = (timeoutMs: number) =>
  new RequestError('too_slow', `The body did not come within ${timeoutMs / 1000} s`)

const tooManyPieces = () =>
  new RequestError('too_large', `The body came in more than ${MAX_PIECES} pieces`)
