import { type Issue, SpawnError, tellIssues } from '../errors.ts'
import type { Verdict } from './judge-entry.ts'

/** Throws `not_allowed` with every refusal among the verdicts; returns where there is none. */
export const refuseVerdicts = (verdicts: readonly Verdict[]): void => {
  refuseIssues(
    verdicts
      .filter(({ verdict }) => verdict === 'refused')
      .map(({ from, rule }) => ({ path: from, message: rule })),
  )
}

/** Throws `not_allowed` with these issues; returns where there is none. */
export const refuseIssues = (issues: Issue[]): void => {
  if (issues.length > 0) throw new SpawnError('not_allowed', tellIssues(issues).message, issues)
}
