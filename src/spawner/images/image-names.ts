import { isImageId, parseImage, registryHost } from '../../docker/image-name.ts'

/** What we take for the digest of an image: registries may answer anything. */
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** Returns whether a text is a digest as Engines write it. */
export const isDigest = (text: string): boolean => DIGEST.test(text)

/**
 * The full name of an image that is named by a tag, the same for all ways to write it. Undefined for an image id, for a
 * name that has a digest, and for texts that Engines refuse or read in different ways.
 */
export const fullNameOfTag = (image: string): string | undefined => {
  if (isImageId(image)) return undefined
  const name = parseImage(image)
  if (!name || name.digest !== undefined) return undefined
  return `${registryHost(name.registry)}/${name.path}:${name.tag ?? 'latest'}`
}

/** `name:tag@sha256:…`, as the docker CLI writes it into services. */
export const withDigest = (image: string, digest: string): string =>
  `${image}${parseImage(image)?.tag === undefined ? ':latest' : ''}@${digest}`

/** The digest in the name of an image. */
export const digestIn = (image: string): string | undefined => parseImage(image)?.digest

/** The digest that an Engine has of the image's own repository, from its list of `name@digest`. */
export const ownDigest = (image: string, repoDigests: readonly string[]): string | undefined => {
  const wanted = repositoryOf(image)
  const own = repoDigests.find((one) => wanted !== undefined && repositoryOf(one) === wanted)
  const digest = own && digestIn(own)
  return digest && isDigest(digest) ? digest : undefined
}

const repositoryOf = (image: string): string | undefined => {
  const name = parseImage(image)
  return name && `${registryHost(name.registry)}/${name.path}`
}
