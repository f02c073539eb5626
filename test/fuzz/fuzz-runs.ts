/** FUZZ_RUNS=100 makes a hundred times as many runs of every property, for a long night. */
const FACTOR = Number(process.env['FUZZ_RUNS']) || 1

/** How many runs a property has. */
export const runs = (usual: number): { numRuns: number } => ({
  numRuns: Math.ceil(usual * FACTOR),
})

/** How long a property may take, in milliseconds. */
export const FUZZ_TIMEOUT_MS = 60_000 * Math.max(1, FACTOR)
