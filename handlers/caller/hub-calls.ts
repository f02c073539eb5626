import { RequestError } from '../errors.ts'
import { MAX_BODY_BYTES } from '../every-call/read-body.ts'

/** 1000 calls: a hub sends up to 256 at once, and people and programs may wait for changes as well. */
const MAX_CALLS = 1000
/**
 * 32 MiB for the bodies of one hub. Until a call is answered, its parsed body takes several times as much
 * memory.
 */
const MAX_BYTES = 32 * MAX_BODY_BYTES

/** Counts the open calls of each hub, so that a stolen secret cannot use up what the other hubs need. */
export const createHubCalls = ({ maxCalls = MAX_CALLS, maxBytes = MAX_BYTES } = {}) => {
  const open = new Map<string, { calls: number; bytes: number }>()
  /** Begins a call. Returns the function that ends it. Throws a RequestError, `busy`. */
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
