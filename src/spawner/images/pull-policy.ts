import * as v from 'valibot'

/**
 * When the registry of an image is asked: `if-not-present`, once in a while for the digest of a tag; `always`, at each start;
 * `never`, by nobody.
 */
export const PullPolicy = v.picklist(['if-not-present', 'always', 'never'])
export type PullPolicy = v.InferOutput<typeof PullPolicy>

/** The words of `pull_policy`, for messages. */
export const PULL_POLICY_WORDS = `one of ${PullPolicy.options.join(', ')}`
