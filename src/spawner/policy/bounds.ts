import type { Judging } from './judging.ts'
import type { Rules } from './rules.ts'

type ReadBound = (rules: Rules) => number | undefined

/** The highest ceiling of the rules that hold; undefined where the author has none. Groups only ever widen. */
export const mostOf = (judging: Pick<Judging, 'rules'>, read: ReadBound): number | undefined =>
  widest(judging, read, Math.max)

/** The lowest floor of the rules that hold; undefined where the author has none. */
export const leastOf = (judging: Pick<Judging, 'rules'>, read: ReadBound): number | undefined =>
  widest(judging, read, Math.min)

const widest = (
  { rules: [own, ...groups] }: Pick<Judging, 'rules'>,
  read: ReadBound,
  choose: (...amounts: number[]) => number,
): number | undefined => {
  const base = own && read(own)
  if (base === undefined) return undefined
  return choose(base, ...groups.map((group) => read(group) ?? base))
}
