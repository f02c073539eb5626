import { type Issue, MAX_ISSUES, SpawnError, tellIssues } from '../errors.ts'

/** What could be read of a list, and what of it is refused. */
export type Readings<R> = { results: R[]; issues: Issue[] }

/** Reads every item of a list, also after one that is refused. */
export const tryEach = <T, R>(
  items: readonly T[],
  read: (item: T, index: number) => R,
): Readings<R> => {
  const results: R[] = []
  const issues: Issue[] = []
  for (const [index, item] of items.entries()) {
    // More are not told, and each costs as much as an error does.
    if (issues.length >= MAX_ISSUES) break
    try {
      results.push(read(item, index))
    } catch (error) {
      if (!(error instanceof SpawnError) || error.code !== 'invalid_config') throw error
      issues.push(...error.issues)
    }
  }
  return { results, issues }
}

/** Reads every item of a list. What is refused of them is told together, in one refusal. */
export const readEach = <T, R>(items: readonly T[], read: (item: T, index: number) => R): R[] => {
  const { results, issues } = tryEach(items, read)
  if (issues.length === 0) return results
  throw new SpawnError('invalid_config', tellIssues(issues).message, issues)
}
