/**
 * No spec is nested 32 levels deep. A body of brackets alone would exhaust the stack of every function that
 * walks through it.
 */
const MAX_DEPTH = 32
/**
 * 20,000 values: a poll of 1,000 servers has 5,000. Each wrong value costs a list of its own while the body is
 * checked.
 */
const MAX_VALUES = 20_000

/**
 * Why a JSON value is larger than any call of ours; undefined when it is not. All later work grows with this
 * size.
 */
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
