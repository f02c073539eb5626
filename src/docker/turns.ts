import { unlessAborted } from './unless-aborted.ts'

/** Waits for a turn and takes it. Returns a function that gives the turn back. */
export type Turns = (signal: AbortSignal) => Promise<() => void>

/** Makes a queue for turns. One caller at a time has the turn, in the order of their calls. */
export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve()
  return async (signal) => {
    const before = last
    const { promise: over, resolve: giveBack } = Promise.withResolvers<void>()
    last = before.then(() => over)
    try {
      await unlessAborted(before, signal)
    } catch (error) {
      giveBack()
      throw error
    }
    return giveBack
  }
}

/** Runs `work`, which may take the turn at any point. When `work` ends, the turn is given back. */
export const withTurn = async <T>(
  turns: Turns,
  signal: AbortSignal,
  work: (takeTurn: () => Promise<void>) => Promise<T>,
): Promise<T> => {
  let giveBack = () => {}
  try {
    return await work(async () => {
      giveBack = await turns(signal)
    })
  } finally {
    giveBack()
  }
}
