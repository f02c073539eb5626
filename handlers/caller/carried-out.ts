import { sha256Hex } from '../../src/spawner/server/digest.ts'

/** For how long a signature may be good still: its timestamp may be five minutes ahead, and then five behind. */
const GOOD_FOR_MS = 600_000

/** Remembers which calls were carried out, for as long as somebody who has read one could send it again. */
export type CarriedOut = {
  has: (call: string) => boolean
  add: (call: string) => void
  /** What it did is undone. */
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

/** What is signed of a call, in short: the header of signatures itself may be written in many ways. */
export const digestOfCall = (headers: Headers, body: string): string =>
  sha256Hex(`${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`)
