import { unlessAborted } from './unless-aborted.ts'

/** Waits until the turn is free and takes it; the function that it returns gives the turn back. */
export type Turns = (signal: AbortSignal) => Promise<() => void>

/** Makes a Turns, in the order of asking: of all who ask, one has the turn. */
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

/** Runs `work`, which may take the turn in its middle; it is given back at the end of `work`. */
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
