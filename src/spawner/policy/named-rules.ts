import type { Verdict } from './judge-entry.ts'

/** 50 rules are more than a start with every kind of setting needs. */
const MOST = 50

/** The rules that have decided, each once, by their places in the policy: `user.images`. */
export const namedRules = (verdicts: readonly Verdict[]): string[] => {
  const rules = verdicts.map(({ rule }) => /\(([\w. -]+)\)/.exec(rule)?.[1] ?? rule)
  return [...new Set(rules)].slice(0, MOST)
}
