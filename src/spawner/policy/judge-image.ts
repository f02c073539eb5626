import { finding, type Judge, type Judging, patternsOf } from './judging.ts'
import { allowedAre, isAnything, matches, type Names } from './patterns.ts'

/** Images: what the hub has configured, and what the lists allow. */
export const judgeImage: Judge = (value, judging) => {
  if (typeof value !== 'string') return []
  const patterns = patternsOf(judging, ({ images }) => images)
  const isAllowed =
    isConfigured(value, judging) ||
    patterns.some((pattern) => isAnything(pattern) || isImageOf(pattern, value, judging.names))
  const why = allowedAre(patterns, judging.names)
  return [finding(judging, 'images', isAllowed ? undefined : why)]
}

/**
 * Says whether the registry credentials of the service may go with an image: only those that the hub has
 * configured or a list names, for else every user could run every private image that the service can pull.
 */
export const isTrustedImage = (image: string, judging: Judging): boolean =>
  isConfigured(image, judging) ||
  patternsOf(judging, ({ images }) => images).some(
    (pattern) => !isAnything(pattern) && isImageOf(pattern, image, judging.names),
  )

const isConfigured = (image: string, { author, configured }: Judging): boolean =>
  author === 'user' && configured.images.includes(image)

/** A pattern without tag or digest is about all of an image's. */
const isImageOf = (pattern: string, image: string, names: Names): boolean => {
  const [wanted, given] = [fullName(pattern), fullName(image)]
  return matches(wanted, isTagged(wanted) ? given : withoutTag(given), names)
}

const withoutTag = (image: string): string => {
  const [name = ''] = image.split('@', 1)
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name
}

const isTagged = (image: string): boolean => withoutTag(image) !== image

/** An image's name with its registry, as the Engine completes it (distribution/reference, normalize.go). */
const fullName = (image: string): string => {
  const [first = '', ...rest] = image.split('/')
  const isRegistry = rest.length > 0 && (/[.:*]|^localhost$/.test(first) || /[A-Z]/.test(first))
  const [registry, path] = isRegistry ? [first, rest.join('/')] : ['docker.io', image]
  if (registry !== 'docker.io' && registry !== 'index.docker.io') return image
  return `docker.io/${path.includes('/') ? path : `library/${path}`}`
}
