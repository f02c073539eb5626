import { streamWriter } from '../handlers/audit/line-writer.node.ts'
import { jsonText } from '../handlers/every-call/json-text.ts'
import type { Log } from '../handlers/every-call/log.ts'

/** 1 minute between two complaints about a log that cannot be written. */
const COMPLAIN_EVERY_MS = 60_000

/**
 * Makes the log of the service, on the standard output. If that cannot be written, the standard error says so, and the service goes
 * on: users' servers depend on it, and not on its log.
 */
export const createServiceLog = (now = Date.now): Log => {
  const [write, writeError] = [streamWriter(1), streamWriter(2)]
  let complainedMs = Number.NEGATIVE_INFINITY
  const complain = (error: unknown): void => {
    if (now() - complainedMs < COMPLAIN_EVERY_MS) return
    complainedMs = now()
    try {
      writeError(`error: the log cannot be written: ${error}\n`)
    } catch {
      // Nobody can be told.
    }
  }
  return (entry) => {
    try {
      write(`${jsonText({ time: new Date(now()).toISOString(), ...entry })}\n`)
    } catch (error) {
      complain(error)
    }
  }
}
