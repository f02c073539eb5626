const ROUNDS = 3
const TRIES = 6
const FACTOR = 8
/** Below it a measure is noise: work that is done so soon costs nobody anything. */
const LEAST_MS = 1

/** Linear work grows by about 8, quadratic work by 64. */
export const LINEAR = 16

/**
 * How many times longer some work takes on 8 times the input, by the processor time of this thread and the quickest of
 * three rounds each. What looks worse than linear is measured again: memory may be collected in the middle of a round.
 */
export const growth = (work: (size: number) => () => unknown, size: number): number => {
  const [small, large] = [work(size), work(size * FACTOR)]
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && least >= LINEAR; tries++)
    least = Math.min(least, grown(small, large))
  return least
}

const grown = (small: () => unknown, large: () => unknown): number => {
  const rounds = Array.from({ length: ROUNDS }, () => [took(small), took(large)] as const)
  const quickest = (index: 0 | 1) => Math.min(...rounds.map((round) => round[index]))
  return Math.max(quickest(1), LEAST_MS) / Math.max(quickest(0), LEAST_MS)
}

const took = (work: () => unknown): number => {
  const begun = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(begun)
  return (user + system) / 1000
}
