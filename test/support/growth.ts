const FACTOR = 8
const TRIES = 12
/** 40 ms: most kernels count a thread's time in steps of 4 ms, so a measure lasts ten of them. */
const MEASURED_MS = 40
/**
 * Work that takes less time than this with the larger input costs nobody anything. Quadratic work of these
 * sizes takes longer.
 */
const SOON_MS = 20

/**
 * With 8 times the input, linear work grows by about 8 and quadratic work by 64. This is halfway between them, as a ratio:
 * on a busy machine linear work was seen to grow by 20, because a small input stays in the processor's cache.
 */
export const LINEAR = 22

/**
 * How many times longer some work takes with 8 times the input, in processor time of this thread. It is 1 for
 * work that ends too soon to be measured. A result that looks worse than linear is measured again, because
 * garbage may be collected in between.
 */
export const growth = (work: (size: number) => () => unknown, size: number): number => {
  const [small, large] = [work(size), work(size * FACTOR)]
  if (took(large) < SOON_MS) return 1
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && least >= LINEAR; tries++)
    least = Math.min(least, took(large, MEASURED_MS) / took(small, MEASURED_MS))
  return least
}

/** The milliseconds of one round. It runs rounds until they last `enough_ms` together. */
const took = (work: () => unknown, enough_ms = 0): number => {
  const begun = process.threadCpuUsage()
  for (let rounds = 1; ; rounds++) {
    work()
    const { user, system } = process.threadCpuUsage(begun)
    const spent = (user + system) / 1000
    if (spent >= enough_ms) return spent / rounds
  }
}
