import { parseImage, registryHost } from '../../src/docker/image-name.ts'
import type { PushedImage } from './pushed-image.ts'

/** A pushed image as the Engine names it, and its digest if the event tells a valid one. */
export type NamedImage = { image: string; digest?: string }

/** Signatures and attestations are pushed under such tags beside the image that they are about. They are no images. */
const ATTACHMENT = /^sha\d{3}-[0-9a-f]{64,128}(?:\.\w+)?$/

/**
 * The name of a pushed image. Undefined when the Engine would read the parts as another image, or not at all. `hosts` says under which
 * host the nodes know a registry that calls itself differently.
 */
export const imageOf = (
  { registry, repository, tag, digest }: PushedImage,
  hosts: ReadonlyMap<string, string>,
): NamedImage | undefined => {
  const named = registryHost(registry)
  const host = hosts.get(named) ?? named
  const image = `${host}/${repository}:${tag}`
  const parsed = parseImage(image)
  const isSame = parsed?.registry === host && parsed.path === repository && parsed.tag === tag
  if (!isSame || ATTACHMENT.test(tag)) return undefined
  return digest && parseImage(`${image}@${digest}`) ? { image, digest } : { image }
}
