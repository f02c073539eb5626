import * as v from 'valibot'
import { Ulimit } from '../../docker/service-spec.ts'
import { finding, type Judge, type JudgeContext } from './judge-context.ts'
import { judgeField } from './judge-fields.ts'
import { isAnything, matches } from './patterns.ts'

/**
 * Judges each ulimit. A ulimit that a policy names needs nothing else. Any other needs the field to be listed,
 * and the ceiling under `*`.
 */
export const judgeUlimits: Judge = (value, context, path) => {
  const result = v.safeParse(v.array(Ulimit), value)
  const listed = judgeField(value, context, path)
  if (!result.success) return listed
  const isListed = listed.every(({ allowed }) => allowed)
  return result.output.flatMap(({ Name, Soft, Hard }, item) => {
    const named = ceilings(context, (pattern) => isNamed(pattern, Name, context))
    if (named.length === 0 && !isListed) return listed.map((one) => ({ ...one, item }))
    const most = Math.max(-1, ...(named.length > 0 ? named : ceilings(context, isAnything)))
    // -1 means no limit.
    const asked = Math.max(...[Soft, Hard].map((limit) => (limit < 0 ? Infinity : limit)))
    const isBelow = asked <= most || most === Number.MAX_SAFE_INTEGER
    const why = most < 0 ? 'it allows only those that it lists by name' : `at most ${most}`
    return [finding(context, 'ulimits', isBelow ? undefined : why, item)]
  })
}

const ceilings = ({ rules }: JudgeContext, isMeant: (pattern: string) => boolean): number[] =>
  rules.flatMap(({ ulimits }) =>
    Object.entries(ulimits ?? {}).flatMap(([pattern, most]) => (isMeant(pattern) ? [most] : [])),
  )

/** Returns whether a pattern names this ulimit. The Engine ignores case here. */
const isNamed = (pattern: string, name: string, { names }: JudgeContext): boolean =>
  !isAnything(pattern) && matches(pattern.toLowerCase(), name.trim().toLowerCase(), names)
