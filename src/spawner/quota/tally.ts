import { type Amounts, amountsOf } from '../state/amounts.ts'
import type { AppliedQuota } from './applied-quotas.ts'

type Reserved = {
  NanoCPUs?: number | undefined
  MemoryBytes?: number | undefined
}
type Resources = {
  Limits?: Reserved | null | undefined
  Reservations?: (Reserved & Parameters<typeof amountsOf>[0]) | null | undefined
}

/** What a server takes of quotas: the larger of limit and reservation, and its generic resources. */
export const takenBy = (resources: Resources | null | undefined): Amounts => {
  const { Limits: limits, Reservations: reserved } = resources ?? {}
  return {
    NanoCPUs: Math.max(0, limits?.NanoCPUs ?? 0, reserved?.NanoCPUs ?? 0),
    MemoryBytes: Math.max(0, limits?.MemoryBytes ?? 0, reserved?.MemoryBytes ?? 0),
    generic: new Map(
      [...amountsOf(reserved).generic].map(([kind, count]) => [kind, Math.max(0, count)]),
    ),
  }
}

/** One resource of a quota: how much there is, how much of it is in use, and how much a server wants. */
export type Part = {
  kind: 'servers' | 'cpus' | 'memory' | 'generic'
  /** `servers`, `cpus`, `memory`, or the kind of the generic resource. */
  name: string
  most: number
  used: number
  /** Infinity if the server has no limit: it could use everything. */
  wanted: number
}

/** A quota that has too little left for a server. */
export type Exceeded = { quota: AppliedQuota; part: Part }

/** Adds up what servers take of the quotas that count them. */
export type Tally = {
  add: (quotas: readonly AppliedQuota[], taken: Amounts) => void
  /** The first quota that has too little left; undefined if all have enough. */
  exceeded: (quotas: readonly AppliedQuota[], wanted: Amounts) => Exceeded | undefined
}

export const createTally = (): Tally => {
  const used = new Map<string, number>()
  const keyOf = ({ key }: AppliedQuota, { kind, name }: Part) => `${key}\n${kind}\n${name}`
  return {
    add: (quotas, taken) => {
      for (const quota of quotas)
        for (const part of partsOf(quota, taken)) {
          const key = keyOf(quota, part)
          used.set(key, (used.get(key) ?? 0) + part.wanted)
        }
    },
    exceeded: (quotas, wanted) => {
      for (const quota of quotas)
        for (const part of partsOf(quota, wanted)) {
          const counted = {
            ...part,
            used: used.get(keyOf(quota, part)) ?? 0,
            wanted: hasNoLimit(part) ? Number.POSITIVE_INFINITY : part.wanted,
          }
          // A server that takes no GPU is no matter of the quota of GPUs.
          if (counted.wanted > 0 && counted.used + counted.wanted > part.most)
            return { quota, part: counted }
        }
      return undefined
    },
  }
}

const hasNoLimit = ({ kind, wanted }: Part): boolean =>
  wanted === 0 && (kind === 'cpus' || kind === 'memory')

const partsOf = ({ most }: AppliedQuota, taken: Amounts): Part[] => {
  const { servers, cpus, memory, generic = {} } = most
  const part = (
    kind: Part['kind'],
    most: number | undefined,
    wanted: number,
    name: string = kind,
  ) => (most === undefined ? [] : [{ kind, name, most, used: 0, wanted }])
  return [
    ...part('servers', servers, 1),
    ...part('cpus', cpus === undefined ? undefined : Math.round(cpus * 1e9), taken.NanoCPUs),
    ...part('memory', memory, taken.MemoryBytes),
    ...Object.entries(generic).flatMap(([name, count]) =>
      part('generic', count, taken.generic.get(name) ?? 0, name),
    ),
  ]
}
