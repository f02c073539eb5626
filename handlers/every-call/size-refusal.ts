/** Deeper than any spec is; a body of brackets alone would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 32
/** A poll of 1,000 servers has 5,000. What is wrong about each value is told by a list of its own, at first. */
const MAX_VALUES = 20_000

/** Why a JSON value is more than a call of ours ever is, which is what all that comes after it costs; else undefined. */
export const sizeRefusal = (value: unknown): string | undefined => {
  const left = { values: MAX_VALUES }
  if (isDeeper(value, MAX_DEPTH, left)) return `is nested deeper than ${MAX_DEPTH} levels`
  return left.values < 0 ? `has more than ${MAX_VALUES} values` : undefined
}

const isDeeper = (value: unknown, levels: number, left: { values: number }): boolean => {
  left.values--
  if (typeof value !== 'object' || value === null || left.values < 0) return false
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1, left))
}
