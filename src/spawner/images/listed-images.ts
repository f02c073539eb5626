import { splitImage } from '../../docker/image-name.ts'
import { isImageOf } from '../policy/judge-image.ts'
import type { Names } from '../policy/patterns.ts'
import type { Policy } from '../policy/policy.ts'
import { PLACEHOLDER_WORDS } from '../settings/placeholders.ts'

/**
 * Makes a test whether the policy lists an image with a tag for a hub: for the hub itself, for its users, or for a group. A pattern
 * counts only if it names a registry and a part of a repository, because every node downloads what matches it. Patterns such as `*` and
 * `quay.io/*` say what may run, and list nothing.
 */
export const createIsListed = ({ admin, user, groups }: Policy, hub: string) => {
  const patterns = [admin, user, ...Object.values(groups)]
    .flatMap(({ images }) => images ?? [])
    .flatMap(patternOfTags)
  const names: Names = { '{hub}': hub, '{username}': '', '{server_name}': '', '{raw_username}': '' }
  return (image: string): boolean => patterns.some((pattern) => isImageOf(pattern, image, names))
}

const ANYTHING = /^[*/]+$/

/** A pattern without its digest. None for a pattern of one digest, which no push changes, of no certain image, or of one user. */
const patternOfTags = (pattern: string): string[] => {
  const { registry, path, digest = '*' } = splitImage(pattern)
  const isOfUser = PLACEHOLDER_WORDS.some((word) => pattern.includes(word))
  // An image of Docker Hub without a path of its own is read as `library/…`, also `*`.
  const isCertain = !ANYTHING.test(registry) && !ANYTHING.test(path.replace(/^library\//, ''))
  return isCertain && !isOfUser && digest.endsWith('*') ? [pattern.replace(/@.*$/s, '')] : []
}
