import type { OfferedResource } from '../../docker/nodes.ts'

/** Amounts of what nodes have and servers reserve: billionths of a CPU, bytes, and counts of generic resources by their kind. */
export type Amounts = {
  NanoCPUs: number
  MemoryBytes: number
  generic: ReadonlyMap<string, number>
}

type Resources = {
  NanoCPUs?: number | undefined
  MemoryBytes?: number | undefined
  GenericResources?: readonly OfferedResource[] | null | undefined
}

export const NOTHING: Amounts = { NanoCPUs: 0, MemoryBytes: 0, generic: new Map() }

/** Reads the Engine's resources of a node, or the reservations of a task. A generic resource with a name counts as one. */
export const amountsOf = (resources: Resources | null | undefined): Amounts => ({
  NanoCPUs: resources?.NanoCPUs ?? 0,
  MemoryBytes: resources?.MemoryBytes ?? 0,
  generic: countsOf(resources?.GenericResources ?? []),
})

/** Returns whether some amounts are enough for what is wanted. */
export const covers = (has: Amounts, wanted: Amounts): boolean => {
  if (wanted.NanoCPUs > has.NanoCPUs || wanted.MemoryBytes > has.MemoryBytes) return false
  for (const [kind, count] of wanted.generic) if (count > (has.generic.get(kind) ?? 0)) return false
  return true
}

/** Adds amounts, or takes them away with a `sign` of -1. */
export const plus = (one: Amounts, other: Amounts, sign: 1 | -1 = 1): Amounts => ({
  NanoCPUs: one.NanoCPUs + sign * other.NanoCPUs,
  MemoryBytes: one.MemoryBytes + sign * other.MemoryBytes,
  generic: addCounts(one.generic, other.generic, sign),
})

const addCounts = (
  one: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
  sign: 1 | -1,
): ReadonlyMap<string, number> => {
  if (other.size === 0) return one
  const sum = new Map(one)
  for (const [kind, count] of other) sum.set(kind, (sum.get(kind) ?? 0) + sign * count)
  return sum
}

const countsOf = (resources: readonly OfferedResource[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { DiscreteResourceSpec, NamedResourceSpec } of resources) {
    const kind = (DiscreteResourceSpec ?? NamedResourceSpec)?.Kind ?? ''
    counts.set(kind, (counts.get(kind) ?? 0) + (DiscreteResourceSpec?.Value ?? 1))
  }
  return counts
}
