/** The value that is not exceeded by the share `q` (0 to 1) of the values. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

/** The median of the better half: the time of a block when nothing else runs on the machine. */
export const undisturbed = (values: readonly number[]): number => quantile(values, 0.25)
