const FACTOR = 8
const TRIES = 6
/** Most kernels count a thread's time in steps of 4 ms: what is measured lasts ten of them. */
const MEASURED_MS = 40
/** What is done as soon as this with the larger input costs nobody anything. Quadratic work of these sizes takes longer. */
const SOON_MS = 20

/** Linear work grows by about 8, quadratic work by 64. */
export const LINEAR = 16

/**
 * How many times longer some work takes on 8 times the input, by the processor time of this thread; 1 for work that is
 * done too soon to be measured. What looks worse than linear is measured again: memory may be collected in between.
 */
export const growth = (work: (size: number) => () => unknown, size: number): number => {
  const [small, large] = [work(size), work(size * FACTOR)]
  if (took(large) < SOON_MS) return 1
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && least >= LINEAR; tries++)
    least = Math.min(least, took(large, MEASURED_MS) / took(small, MEASURED_MS))
  return least
}

/** Milliseconds that one round takes, of as many rounds as last `enough_ms` together. */
const took = (work: () => unknown, enough_ms = 0): number => {
  const begun = process.threadCpuUsage()
  for (let rounds = 1; ; rounds++) {
    work()
    const { user, system } = process.threadCpuUsage(begun)
    const spent = (user + system) / 1000
    if (spent >= enough_ms) return spent / rounds
  }
}
