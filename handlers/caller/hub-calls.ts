import { RequestError } from '../errors.ts'
import { MAX_BODY_BYTES } from '../every-call/read-body.ts'

/** A hub's burst is 256 calls; beside it, people and programs may wait for changes. */
const MAX_CALLS = 1000
/** The most bytes of the bodies of one hub. A parsed body takes several times as much memory, until the call is answered. */
const MAX_BYTES = 32 * MAX_BODY_BYTES

/** Counts the calls of each hub that are being answered, so that a stolen secret can't take what the other hubs need. */
export const createHubCalls = ({ maxCalls = MAX_CALLS, maxBytes = MAX_BYTES } = {}) => {
  const open = new Map<string, { calls: number; bytes: number }>()
  /** Begins a call, and answers what ends it. Throws a RequestError, `busy`. */
  return (hub: string, bytes: number): (() => void) => {
    const own = open.get(hub) ?? { calls: 0, bytes: 0 }
    if (own.calls >= maxCalls || own.bytes + bytes > maxBytes)
      throw new RequestError(
        'busy',
        `${own.calls} calls of the hub "${hub}" are being answered, with ${own.bytes} bytes`,
      )
    open.set(hub, own)
    own.calls++
    own.bytes += bytes
    return () => {
      own.calls--
      own.bytes -= bytes
    }
  }
}
