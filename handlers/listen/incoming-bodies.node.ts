import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { RequestError } from '../errors.ts'
import { MAX_BODY_BYTES, tooLarge } from '../every-call/read-body.ts'

/** The most bytes that bodies take together while their callers are not known yet. */
type BodyLimits = { maxBytes: number; timeoutMs: number }

/** A hub's burst of 256 calls of 64 KiB. What a hub sends is complete in milliseconds, on a slow line 1 MiB in 15 s. */
const BODY_LIMITS: BodyLimits = { maxBytes: 16 * MAX_BODY_BYTES, timeoutMs: 15_000 }

/** As much as Node.js reads at once: most bodies are one piece. */
const FIRST_BYTES = 64 * 1024
/** A packet of a network holds a thousand bytes; whoever sends a million pieces of one byte wants to keep us busy. */
const MAX_PIECES = 16_384

type Reading = { held: number; fail: (error: Error) => void }

/**
 * Reads bodies so that strangers can't fill the memory: each in one buffer that grows as bytes come, however small the pieces;
 * all together up to `maxBytes`, beyond which the oldest is given up, since a hub's is complete at once.
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

/** A buffer of at least so many bytes, four times as long as before: what is copied stays in proportion to what came. */
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
