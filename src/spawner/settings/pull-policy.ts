import * as v from 'valibot'
import { type Entry, invalid } from './entries.ts'

/**
 * When the registry of an image is asked: `if-not-present`, once in a while for the digest of a tag; `always`, at each start;
 * `never`, by nobody.
 */
export const PullPolicy = v.picklist(['if-not-present', 'always', 'never'])
export type PullPolicy = v.InferOutput<typeof PullPolicy>

/** The path of its entries. It is no field of a spec: it decides what becomes of the image. */
export const PULL_POLICY = ['PullPolicy'] as const

/** Returns whether an entry says when a registry is asked. */
export const isPullPolicy = ({ path }: Entry): boolean => path[0] === PULL_POLICY[0]

/** Reads `pull_policy`. Throws for a word that is none of it. */
export const readPullPolicy = (value: unknown, at: string): Entry[] => {
  if (!v.is(PullPolicy, value)) throw invalid(at, `must be one of ${PullPolicy.options.join(', ')}`)
  return [{ path: PULL_POLICY, value, from: at }]
}

/** The one that counts of all entries. Without one, registries are asked once in a while. */
export const pullPolicyOf = (entries: readonly Entry[]): PullPolicy => {
  const value = entries.findLast(isPullPolicy)?.value
  return v.is(PullPolicy, value) ? value : 'if-not-present'
}
