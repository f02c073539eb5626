import type { Amounts } from './amounts.ts'
import type { ResourceRoom } from './room.ts'
import { resourceWords } from './room-words.ts'

/** What one node has, and what of it is free. */
export type NodeAmounts = { offered: Amounts; free: Amounts }

/** Counts each resource that a server reserves, over some nodes. */
export const countResources = (nodes: readonly NodeAmounts[], wanted: Amounts): ResourceRoom[] => {
  const { NanoCPUs, MemoryBytes, generic } = wanted
  const count = (
    field: ResourceRoom['field'],
    kind: string,
    reserved: number,
    of: Pick,
  ): ResourceRoom[] => (reserved > 0 ? [countOne(nodes, { field, kind, reserved, of })] : [])
  return [
    ...count('NanoCPUs', 'cpu', NanoCPUs, (amounts) => amounts.NanoCPUs),
    ...count('MemoryBytes', 'memory', MemoryBytes, (amounts) => amounts.MemoryBytes),
    ...[...generic].flatMap(([kind, reserved]) =>
      count('GenericResources', kind, reserved, (amounts) => amounts.generic.get(kind) ?? 0),
    ),
  ]
}

type Pick = (amounts: Amounts) => number
type Counted = Omit<ResourceRoom, 'free_on_one' | 'free' | 'total' | 'text'> & { of: Pick }

const countOne = (nodes: readonly NodeAmounts[], { of, ...resource }: Counted): ResourceRoom => {
  const numbers = { ...resource, free_on_one: 0, free: 0, total: 0 }
  for (const node of nodes) {
    // A node whose resources were made smaller has less than nothing.
    const free = Math.max(0, of(node.free))
    numbers.free += free
    numbers.free_on_one = Math.max(numbers.free_on_one, free)
    numbers.total += of(node.offered)
  }
  return { ...numbers, text: resourceWords(numbers) }
}
