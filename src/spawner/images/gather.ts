import { sleep } from '../sleep.ts'

/** What is to be done about a key, once for all who ask while it waits. */
export type Task<T> = { key: string; value: T }

/** How long work waits for more of the same, how many keys may wait or be worked on, and how many are worked on at once. */
export type GatherLimits = { gatherMs: number; maxKeys: number; atOnce: number }

/**
 * Gathers tasks by their keys, so that a storm of them becomes one piece of work for each key. A task that comes while the work for
 * its key runs makes one more afterwards, unless `isSame` says that the work is about the same.
 */
export const createGather = <T>(
  work: (value: T) => Promise<void>,
  {
    isSame,
    signal,
    limits: { gatherMs, maxKeys, atOnce },
  }: { isSame: (running: T, next: T) => boolean; signal: AbortSignal; limits: GatherLimits },
) => {
  const waiting = new Map<string, T>()
  const running = new Map<string, T>()
  let lanes = 0

  const next = (): [string, T] | undefined => [...waiting].find(([key]) => !running.has(key))
  /** Works until nothing waits that somebody else does not work on. */
  const lane = async (): Promise<void> => {
    await sleep(gatherMs, signal)
    for (let task = next(); task && !signal.aborted; task = next()) {
      const [key, value] = task
      waiting.delete(key)
      running.set(key, value)
      await work(value).finally(() => running.delete(key))
    }
  }
  /** Whether a task was taken, or what runs already serves it. */
  const take = ({ key, value }: Task<T>): boolean => {
    const current = running.get(key)
    if (current !== undefined && isSame(current, value)) return true
    const isNew = current === undefined && !waiting.has(key)
    if (isNew && waiting.size + running.size >= maxKeys) return false
    waiting.set(key, value)
    return true
  }
  /**
   * Takes tasks while there is room, and returns those. `done` is when the work is done that they need. The work must not throw.
   */
  return (tasks: readonly Task<T>[]): { taken: readonly Task<T>[]; done: Promise<unknown> } => {
    const taken = tasks.filter(take)
    const free = Math.max(0, Math.min(atOnce - lanes, waiting.size))
    lanes += free
    const done = Promise.all(Array.from({ length: free }, () => lane().finally(() => void lanes--)))
    return { taken, done }
  }
}
