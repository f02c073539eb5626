import {
  isImageId,
  isOnLoopback,
  isSameImage,
  parseImage,
  splitImage,
} from '../../docker/image-name.ts'
import { finding, type Judge, type JudgeContext, patternsOf } from './judge-context.ts'
import { allowedAre, isAnything, matches, type Names } from './patterns.ts'

/** Images: what the hub has configured, and what the lists allow. */
export const judgeImage: Judge = (value, context) => {
  if (typeof value !== 'string') return []
  const why = isTrustedImage(value, context) ? undefined : refusal(value, context)
  return [finding(context, 'images', why)]
}

/**
 * Says whether the registry credentials of the service may go with an image: only those that the hub has
 * configured or a list names, for else every user could run every private image that the service can pull.
 */
export const isTrustedImage = (image: string, context: JudgeContext): boolean =>
  isConfigured(image, context) ||
  patternsOf(context, ({ images }) => images).some(
    (pattern) => !isAnything(pattern) && isImageOf(pattern, image, context.names),
  )

const isConfigured = (image: string, { author, configured }: JudgeContext): boolean =>
  author === 'user' && configured.images.some((one) => isSameImage(one, image))

/** Why an image that no list names may not run; undefined where `*` stands for it. */
const refusal = (image: string, context: JudgeContext): string | undefined => {
  const patterns = patternsOf(context, ({ images }) => images)
  if (!patterns.some(isAnything)) return allowedAre(patterns, context.names)
  if (isImageId(image))
    return 'ids have to be listed, such as "sha256:*"; a name that is made of hex digits alone needs a tag'
  return context.author === 'user' ? userRefusal(image, context) : undefined
}

const userRefusal = (image: string, { configured }: JudgeContext): string | undefined => {
  const name = parseImage(image)
  if (!name) return 'it must be the name of an image, such as quay.io/jupyter/base-notebook:latest'
  if (isOnLoopback(name.registry))
    return 'registries of the nodes themselves have to be listed, such as "localhost:5000/lab/*"'
  return configured.namesUser
    ? 'the hub sets user or groups by name, and an image says which numbers those are: use numbers in container_spec, or list the image'
    : undefined
}

/** A pattern without tag or digest is about all of an image's; `*` in one part of a name stands for nothing of another. */
const isImageOf = (pattern: string, image: string, names: Names): boolean => {
  if (pattern.startsWith('sha256:'))
    return isImageId(image) && matches(pattern, fullId(image), names)
  if (isImageId(image)) return pattern === image
  const [wanted, given] = [splitImage(pattern), parseImage(image)]
  if (!given) return false
  const { tag = given.digest === undefined ? 'latest' : '', digest = '' } = given
  const isTag =
    wanted.tag === undefined ||
    (matches(wanted.tag, tag, names) &&
      // The Engine looks at no tag beside a digest.
      (given.digest === undefined || wanted.digest !== undefined || isAnything(wanted.tag)))
  return (
    matches(wanted.registry, given.registry, names) &&
    matches(wanted.path, given.path, names) &&
    isTag &&
    (wanted.digest === undefined || matches(wanted.digest, digest, names))
  )
}

const fullId = (id: string): string => (id.includes(':') ? id : `sha256:${id}`)
