import {
  isImageId,
  isOnLoopback,
  isSameImage,
  parseImage,
  splitImage,
} from '../../docker/image-name.ts'
import { finding, type Judge, type JudgeContext, patternsOf } from './judge-context.ts'
import { allowedAre, isAnything, matches, type Names } from './patterns.ts'

/** Judges the image: the images that the hub has configured and those on the lists are allowed. */
export const judgeImage: Judge = (value, context) => {
  if (typeof value !== 'string') return []
  const why = isTrustedImage(value, context) ? undefined : refusal(value, context)
  return [finding(context, 'images', why)]
}

/**
 * Returns whether the service may use its registry credentials for an image. It may for images that the hub has
 * configured or that a list names. Otherwise every user could run every private image that the service can
 * pull.
 */
export const isTrustedImage = (image: string, context: JudgeContext): boolean =>
  isConfigured(image, context) ||
  patternsOf(context, ({ images }) => images).some(
    (pattern) => !isAnything(pattern) && isImageOf(pattern, image, context.names),
  )

const isConfigured = (image: string, { author, configured }: JudgeContext): boolean =>
  author === 'user' && configured.images.some((one) => isSameImage(one, image))

/** Why an image that no list names may not run; undefined when `*` includes it. */
const refusal = (image: string, context: JudgeContext): string | undefined => {
  const patterns = patternsOf(context, ({ images }) => images)
  if (!patterns.some(isAnything)) return allowedAre(patterns, context.names)
  if (isImageId(image))
    return 'ids have to be listed, such as "sha256:*"; a name that is made of hex digits alone needs a tag'
  return context.author === 'user' ? userRefusal(image, context) : undefined
}

const userRefusal = (image: string, { configured }: JudgeContext): string | undefined => {
  const name = parseImage(image)
  if (!name) return 'the image must be a name such as quay.io/jupyter/base-notebook:latest'
  if (isOnLoopback(name.registry))
    return 'registries on the nodes themselves have to be listed, such as "localhost:5000/lab/*"'
  return configured.namesUser
    ? 'the hub sets user or groups by name, and each image decides which numbers the names mean: use numbers in container_spec, or list the image'
    : undefined
}

/**
 * Returns whether an image matches a pattern. A pattern without tag and digest matches every tag and digest. A
 * `*` in one part of a name matches only within that part.
 */
export const isImageOf = (pattern: string, image: string, names: Names): boolean => {
  if (pattern.startsWith('sha256:'))
    return isImageId(image) && matches(pattern, fullId(image), names)
  if (isImageId(image)) return pattern === image
  const [wanted, given] = [splitImage(pattern), parseImage(image)]
  if (!given) return false
  const { tag = given.digest === undefined ? 'latest' : '', digest = '' } = given
  const isTag =
    wanted.tag === undefined ||
    (matches(wanted.tag, tag, names) &&
      // If there is a digest, the Engine ignores the tag.
      (given.digest === undefined || wanted.digest !== undefined || isAnything(wanted.tag)))
  return (
    matches(wanted.registry, given.registry, names) &&
    matches(wanted.path, given.path, names) &&
    isTag &&
    (wanted.digest === undefined || matches(wanted.digest, digest, names))
  )
}

const fullId = (id: string): string => (id.includes(':') ? id : `sha256:${id}`)
