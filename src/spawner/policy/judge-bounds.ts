import * as v from 'valibot'
import { Healthcheck } from '../../docker/service-spec.ts'
import { leastOf, mostOf } from './bounds.ts'
import { meansField } from './field-names.ts'
import {
  type Finding,
  finding,
  type Judge,
  type JudgeContext,
  patternsOf,
} from './judge-context.ts'
import { judgeField } from './judge-fields.ts'
import type { Rules } from './rules.ts'

/** Returns why an amount is out of its bounds; undefined when it is within them. */
export type BoundRefusal = (value: number, context: JudgeContext) => string | undefined

const seconds = (nanoseconds: number): string => `${nanoseconds / 1e9}s`

/**
 * The bound of `stop_grace_period`, in nanoseconds. While a server stops, its node, its volumes and its next
 * start have to wait.
 */
export const stopRefusal: BoundRefusal = (value, context) => {
  const most = mostOf(context, (rules) => rules.stop_grace_period)
  return most !== undefined && value > most ? `at most ${seconds(most)}` : undefined
}

/** The bound of `restart_policy.delay`, in nanoseconds: how soon Swarm starts a server again after it ended. */
export const delayRefusal: BoundRefusal = (value, context) => {
  const least = leastOf(context, (rules) => rules.restart_delay)
  return least !== undefined && value < least ? `at least ${seconds(least)}` : undefined
}

/**
 * The bound of `oom_score_adj`. Below 0 the kernel kills other programs on the node first. A hub may go below 0
 * when a policy lists the field by name.
 */
export const scoreRefusal: BoundRefusal = (value, context) => {
  const names = context.author === 'admin' ? patternsOf(context, ({ fields }) => fields) : []
  const isListed = names.some((name) => meansField(name, 'OomScoreAdj'))
  const least = leastOf(context, (rules) => rules.oom_score_adj) ?? (isListed ? -1000 : 0)
  return value < least ? `at least ${least}` : undefined
}

/** Makes a judge for a field that must be listed and whose number has a bound. */
const bounded =
  (key: keyof Rules, refusal: BoundRefusal): Judge =>
  (value, context, path) => {
    const why = typeof value === 'number' ? refusal(value, context) : undefined
    return why === undefined ? judgeField(value, context, path) : [finding(context, key, why)]
  }

export const judgeStopGracePeriod = bounded('stop_grace_period', stopRefusal)
export const judgeOomScore = bounded('oom_score_adj', scoreRefusal)
const judgeDelay = bounded('restart_delay', delayRefusal)

/** Judges the restart policy: when Swarm starts a server again, and how soon. */
export const judgeRestart: Judge = (value, context, path) =>
  (path.at(-1) === 'Delay' ? judgeDelay : judgeField)(value, context, path)

type Bound = Exclude<keyof NonNullable<Rules['healthcheck']>, 'min_interval'>

/** The fields of a health check that have a ceiling. A duration of 0 means the image's own value. */
const CEILINGS: readonly (readonly [field: keyof Healthcheck, bound: Bound])[] = [
  ['Interval', 'max_interval'],
  ['StartInterval', 'max_interval'],
  ['Timeout', 'max_timeout'],
  ['StartPeriod', 'max_start_period'],
  ['Retries', 'max_retries'],
]

/**
 * Judges health checks. A check that runs too often costs the node. One that takes too long hides that the
 * server does not answer.
 */
export const judgeHealthcheck: Judge = (value, context, path) => {
  const listed = judgeField(value, context, path)
  const result = v.safeParse(Healthcheck, value)
  if (!result.success || listed.some(({ allowed }) => !allowed)) return listed
  const check = result.output
  const broken = [
    ...CEILINGS.flatMap(([field, bound]) => ceilingFinding(check[field], field, bound, context)),
    ...(['Interval', 'StartInterval'] as const).flatMap((field) =>
      floorFinding(check[field], field, context),
    ),
  ]
  return broken.length > 0 ? broken : listed
}

type Checked = Healthcheck[keyof Healthcheck]

const ceilingFinding = (
  value: Checked,
  field: string,
  bound: Bound,
  context: JudgeContext,
): Finding[] => {
  const most = mostOf(context, ({ healthcheck }) => healthcheck?.[bound])
  if (most === undefined || typeof value !== 'number' || (value >= 0 && value <= most)) return []
  const words = field === 'Retries' ? String(most) : seconds(most)
  return [finding(context, `healthcheck.${bound}`, `${field} is at most ${words}`)]
}

const floorFinding = (value: Checked, field: string, context: JudgeContext): Finding[] => {
  const least = leastOf(context, ({ healthcheck }) => healthcheck?.min_interval)
  if (least === undefined || typeof value !== 'number' || value === 0 || value >= least) return []
  return [finding(context, 'healthcheck.min_interval', `${field} is at least ${seconds(least)}`)]
}
