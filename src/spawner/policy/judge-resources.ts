import * as v from 'valibot'
import { Resources } from '../../docker/service-spec.ts'
import { mostOf } from './bounds.ts'
import { USER_CEILINGS } from './built-in.ts'
import { type Finding, finding, type Judge, type Judging } from './judging.ts'
import { isAnything, matches } from './patterns.ts'

type Limited = 'NanoCPUs' | 'MemoryBytes' | 'SwapBytes' | 'Pids'

/** The key of a policy that bounds a field. */
export const RULE_OF = {
  NanoCPUs: 'cpus',
  MemoryBytes: 'memory',
  SwapBytes: 'swap',
  Pids: 'pids',
} as const

/** Limits, swap, reservations and generic resources, each against its ceiling. */
export const judgeResources: Judge = (value, judging, [, , kind = '', field = '']) => {
  if (kind === 'SwapBytes') return judgeSwap(value, judging)
  const result = v.safeParse(Resources, { [kind]: { [field]: value } })
  if (!result.success) return []
  const { Limits = {}, Reservations = {} } = result.output
  if (Reservations.GenericResources) return judgeGeneric(Reservations.GenericResources, judging)
  const { NanoCPUs, MemoryBytes, Pids } = { ...Limits, ...Reservations, Pids: Limits.Pids }
  return [
    ...judgeAmount('NanoCPUs', NanoCPUs, kind, judging),
    ...judgeAmount('MemoryBytes', MemoryBytes, kind, judging),
    ...judgeAmount('Pids', Pids, kind, judging),
  ]
}

/** 0 is no swap at all, -1 as much as there is. */
const judgeSwap = (value: unknown, judging: Judging): Finding[] => {
  const result = v.safeParse(Resources.entries.SwapBytes, value)
  if (!result.success || result.output === undefined) return []
  const most = ceilingOf('SwapBytes', judging)
  const isTooMuch = most !== undefined && (result.output < 0 || result.output > most)
  const why = isTooMuch ? `at most ${inUnits('SwapBytes', most)}` : undefined
  return [finding(judging, 'resources.swap', why)]
}

const judgeAmount = (
  field: Limited,
  amount: number | undefined,
  kind: string,
  judging: Judging,
): Finding[] => {
  if (amount === undefined) return []
  const isLimit = kind === 'Limits'
  const ceiling = ceilingOf(field, judging)
  const most = isLimit
    ? ceiling
    : lower(ceiling, judging.inForce[field], reservable(field, judging))
  const why =
    isLimit && amount <= 0 && most !== undefined
      ? '0 would be no limit'
      : amount < 0 || (most !== undefined && amount > most)
        ? `at most ${inUnits(field, most ?? 0)}`
        : undefined
  return [finding(judging, `resources.${RULE_OF[field]}`, why)]
}

/** The least of the ceilings that there are; a limit in force counts where there is a ceiling at all. */
const lower = (
  ceiling: number | undefined,
  inForce: number | undefined,
  reserved: number | undefined,
): number | undefined => {
  const known = [ceiling, ceiling !== undefined && inForce ? inForce : undefined, reserved]
  const amounts = known.filter((amount) => amount !== undefined)
  return amounts.length === 0 ? undefined : Math.min(...amounts)
}

/** The most that may be reserved, where a policy says so beside the ceiling of limits. */
const reservable = (field: Limited, judging: Judging): number | undefined => {
  const key = field === 'NanoCPUs' ? 'reserved_cpus' : 'reserved_memory'
  return explicit(
    field,
    mostOf(judging, ({ resources }) => resources?.[key]),
  )
}

const inUnits = (field: Limited, amount: number): string =>
  field === 'NanoCPUs' ? `${amount / 1e9} CPUs` : `${amount}${field === 'Pids' ? '' : ' bytes'}`

/**
 * The most that may be asked for: what the rules say; for users who have none, the hub's own limit, else the
 * built-in ceiling. A group only ever widens.
 */
export const ceilingOf = (field: Limited, judging: Judging): number | undefined => {
  const [own, ...groups] = judging.rules.map(({ resources }) =>
    explicit(field, resources?.[RULE_OF[field]]),
  )
  const base = own ?? (judging.author === 'user' ? userDefault(field, judging) : undefined)
  if (base === undefined) return undefined
  return Math.max(base, ...groups.map((amount) => amount ?? 0))
}

const explicit = (field: Limited, amount: number | undefined): number | undefined =>
  amount !== undefined && field === 'NanoCPUs' ? amount * 1e9 : amount

const userDefault = (field: Limited, judging: Judging): number | undefined => {
  const { configured } = judging
  if (field === 'SwapBytes') return swapDefault(judging)
  // The hub writes "no limit" as 0.
  const limit = configured.limits[field]
  if (limit) return limit
  return explicit(field, USER_CEILINGS[RULE_OF[field]])
}

/** As much as the Engine gives where nothing is said: as much as there may be memory. */
const swapDefault = (judging: Judging): number | undefined => {
  const { SwapBytes } = judging.configured.limits
  if (SwapBytes === undefined) return ceilingOf('MemoryBytes', judging)
  return SwapBytes < 0 ? undefined : SwapBytes
}

const judgeGeneric = (
  resources: NonNullable<
    NonNullable<v.InferOutput<typeof Resources>['Reservations']>['GenericResources']
  >,
  judging: Judging,
): Finding[] => {
  const wanted = new Map<string, number>()
  for (const one of resources) {
    const [kind, count] =
      'DiscreteResourceSpec' in one
        ? [one.DiscreteResourceSpec.Kind, one.DiscreteResourceSpec.Value]
        : [one.NamedResourceSpec.Kind, 1]
    wanted.set(kind, (wanted.get(kind) ?? 0) + Math.max(0, count))
  }
  const broken = [...wanted].find(([kind, count]) => count > mostOfKind(kind, judging))
  const why = broken && `at most ${mostOfKind(broken[0], judging)} of this kind`
  return [finding(judging, 'resources.generic', why)]
}

const mostOfKind = (kind: string, { rules, names }: Judging): number =>
  Math.max(
    0,
    ...rules.flatMap(({ resources }) =>
      Object.entries(resources?.generic ?? {})
        .filter(([pattern]) => isAnything(pattern) || matches(pattern, kind, names))
        .map(([, most]) => most),
    ),
  )
