import * as v from 'valibot'
import { Resources } from '../../docker/service-spec.ts'
import { mostOf } from './bounds.ts'
import { USER_CEILINGS } from './built-in.ts'
import { type Finding, finding, type Judge, type JudgeContext } from './judge-context.ts'
import { isAnything, matches } from './patterns.ts'

type Limited = 'NanoCPUs' | 'MemoryBytes' | 'SwapBytes' | 'Pids'

/** The policy's key for each field. */
export const RULE_OF = {
  NanoCPUs: 'cpus',
  MemoryBytes: 'memory',
  SwapBytes: 'swap',
  Pids: 'pids',
} as const

/** Judges limits, swap, reservations and generic resources, each against its ceiling. */
export const judgeResources: Judge = (value, context, [, , kind = '', field = '']) => {
  if (kind === 'SwapBytes') return judgeSwap(value, context)
  const result = v.safeParse(Resources, { [kind]: { [field]: value } })
  if (!result.success) return []
  const { Limits = {}, Reservations = {} } = result.output
  if (Reservations.GenericResources) return judgeGeneric(Reservations.GenericResources, context)
  const { NanoCPUs, MemoryBytes, Pids } = { ...Limits, ...Reservations, Pids: Limits.Pids }
  return [
    ...judgeAmount('NanoCPUs', NanoCPUs, kind, context),
    ...judgeAmount('MemoryBytes', MemoryBytes, kind, context),
    ...judgeAmount('Pids', Pids, kind, context),
  ]
}

/** Judges swap. 0 means no swap, -1 means as much as the node has. */
const judgeSwap = (value: unknown, context: JudgeContext): Finding[] => {
  const result = v.safeParse(Resources.entries.SwapBytes, value)
  if (!result.success || result.output === undefined) return []
  const most = ceilingOf('SwapBytes', context)
  const isTooMuch = most !== undefined && (result.output < 0 || result.output > most)
  const why = isTooMuch ? `at most ${inUnits('SwapBytes', most)}` : undefined
  return [finding(context, 'resources.swap', why)]
}

const judgeAmount = (
  field: Limited,
  amount: number | undefined,
  kind: string,
  context: JudgeContext,
): Finding[] => {
  if (amount === undefined) return []
  const isLimit = kind === 'Limits'
  const ceiling = ceilingOf(field, context)
  const most = isLimit
    ? ceiling
    : lower(ceiling, context.inForce[field], reservable(field, context))
  const why =
    isLimit && amount <= 0 && most !== undefined
      ? '0 would mean no limit'
      : amount < 0 || (most !== undefined && amount > most)
        ? `at most ${inUnits(field, most ?? 0)}`
        : undefined
  return [finding(context, `resources.${RULE_OF[field]}`, why)]
}

/** The lowest of the ceilings that are set. A limit in force only counts when there is a ceiling. */
const lower = (
  ceiling: number | undefined,
  inForce: number | undefined,
  reserved: number | undefined,
): number | undefined => {
  const known = [ceiling, ceiling !== undefined && inForce ? inForce : undefined, reserved]
  const amounts = known.filter((amount) => amount !== undefined)
  return amounts.length === 0 ? undefined : Math.min(...amounts)
}

/** The most that may be reserved, if a policy has a ceiling for reservations besides that for limits. */
const reservable = (field: Limited, context: JudgeContext): number | undefined => {
  const key = field === 'NanoCPUs' ? 'reserved_cpus' : 'reserved_memory'
  return explicit(
    field,
    mostOf(context, ({ resources }) => resources?.[key]),
  )
}

const inUnits = (field: Limited, amount: number): string =>
  field === 'NanoCPUs' ? `${amount / 1e9} CPUs` : `${amount}${field === 'Pids' ? '' : ' bytes'}`

/**
 * The most that an author may ask for. The rules come first. For a user without such a rule it is the hub's own
 * limit, or else the built-in ceiling. A group can only raise it.
 */
export const ceilingOf = (field: Limited, context: JudgeContext): number | undefined => {
  const [own, ...groups] = context.rules.map(({ resources }) =>
    explicit(field, resources?.[RULE_OF[field]]),
  )
  const base = own ?? (context.author === 'user' ? userDefault(field, context) : undefined)
  if (base === undefined) return undefined
  return Math.max(base, ...groups.map((amount) => amount ?? 0))
}

const explicit = (field: Limited, amount: number | undefined): number | undefined =>
  amount !== undefined && field === 'NanoCPUs' ? amount * 1e9 : amount

const userDefault = (field: Limited, context: JudgeContext): number | undefined => {
  const { configured } = context
  if (field === 'SwapBytes') return swapDefault(context)
  // 0 is the hub's way to write "no limit".
  const limit = configured.limits[field]
  if (limit) return limit
  return explicit(field, USER_CEILINGS[RULE_OF[field]])
}

/** The swap that the Engine gives when nothing is said: as much as the ceiling of memory. */
const swapDefault = (context: JudgeContext): number | undefined => {
  const { SwapBytes } = context.configured.limits
  if (SwapBytes === undefined) return ceilingOf('MemoryBytes', context)
  return SwapBytes < 0 ? undefined : SwapBytes
}

const judgeGeneric = (
  resources: NonNullable<
    NonNullable<v.InferOutput<typeof Resources>['Reservations']>['GenericResources']
  >,
  context: JudgeContext,
): Finding[] => {
  const wanted = new Map<string, number>()
  for (const one of resources) {
    const [kind, count] =
      'DiscreteResourceSpec' in one
        ? [one.DiscreteResourceSpec.Kind, one.DiscreteResourceSpec.Value]
        : [one.NamedResourceSpec.Kind, 1]
    wanted.set(kind, (wanted.get(kind) ?? 0) + Math.max(0, count))
  }
  const broken = [...wanted].find(([kind, count]) => count > mostOfKind(kind, context))
  const why = broken && `at most ${mostOfKind(broken[0], context)} of this kind`
  return [finding(context, 'resources.generic', why)]
}

const mostOfKind = (kind: string, { rules, names }: JudgeContext): number =>
  Math.max(
    0,
    ...rules.flatMap(({ resources }) =>
      Object.entries(resources?.generic ?? {})
        .filter(([pattern]) => isAnything(pattern) || matches(pattern, kind, names))
        .map(([, most]) => most),
    ),
  )
