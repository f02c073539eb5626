import type { JudgeContext } from './judge-context.ts'
import type { Rules } from './rules.ts'

type ReadBound = (rules: Rules) => number | undefined

/**
 * The highest ceiling of all rules that apply; undefined when the author has none. A group can only raise it.
 */
export const mostOf = (context: Pick<JudgeContext, 'rules'>, read: ReadBound): number | undefined =>
  widest(context, read, Math.max)

/** The lowest floor of all rules that apply; undefined when the author has none. */
export const leastOf = (
  context: Pick<JudgeContext, 'rules'>,
  read: ReadBound,
): number | undefined => widest(context, read, Math.min)

const widest = (
  { rules: [own, ...groups] }: Pick<JudgeContext, 'rules'>,
  read: ReadBound,
  choose: (...amounts: number[]) => number,
): number | undefined => {
  const base = own && read(own)
  if (base === undefined) return undefined
  return choose(base, ...groups.map((group) => read(group) ?? base))
}
