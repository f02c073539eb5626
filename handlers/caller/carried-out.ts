import { sha256Hex } from '../../src/spawner/server/digest.ts'

/**
 * 10 minutes: how long a signature can be valid. Its timestamp may be five minutes ahead now, and five minutes
 * behind at the end.
 */
const GOOD_FOR_MS = 600_000

/** Remembers which calls were carried out, for as long as somebody who has read one could send it again. */
type CarriedOut = {
  has: (call: string) => boolean
  add: (call: string) => void
  /** Forgets a call whose service was removed again. */
  remove: (call: string) => void
}

/** Makes an empty CarriedOut. Only this process knows it. */
export const createCarriedOut = (now: () => number): CarriedOut => {
  const untilByCall = new Map<string, number>()
  const forgetOld = () => {
    for (const [call, until] of untilByCall) {
      if (until > now()) return
      untilByCall.delete(call)
    }
  }
  return {
    has: (call) => (untilByCall.get(call) ?? 0) > now(),
    add: (call) => {
      forgetOld()
      if (!untilByCall.has(call)) untilByCall.set(call, now() + GOOD_FOR_MS)
    },
    remove: (call) => void untilByCall.delete(call),
  }
}

/**
 * A digest of the signed part of a call. The signature header itself can be written in many ways, so it is not
 * part of it.
 */
export const digestOfCall = (headers: Headers, body: string): string =>
  sha256Hex(`${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`)
