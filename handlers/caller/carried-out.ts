import { sha256Hex } from '../../src/spawner/server/digest.ts'

/** How long a signature may be valid: its timestamp may be five minutes ahead now, and five minutes behind later. */
const GOOD_FOR_MS = 600_000

/** Remembers which calls were carried out, for as long as somebody who has read one could send it again. */
type CarriedOut = {
  has: (call: string) => boolean
  add: (call: string) => void
  /** Forgets a call whose service was removed again. */
  remove: (call: string) => void
}

/** Makes a CarriedOut that has seen none; it is this process's alone. */
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

/** A digest of what a call signs. The signature header itself can be written in many ways. */
export const digestOfCall = (headers: Headers, body: string): string =>
  sha256Hex(`${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`)
