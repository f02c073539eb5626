/** The value that the share `q` (0 to 1) of the values does not exceed. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

/** The middle of the better half: what a block takes when the neighbours of the machine are quiet. */
export const undisturbed = (values: readonly number[]): number => quantile(values, 0.25)
