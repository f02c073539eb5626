import type { Docker } from '../../docker/docker.ts'
import { isImageId } from '../../docker/image-name.ts'
import { findEngineImage } from './engine-image.ts'
import { digestIn, withDigest } from './image-names.ts'
import type { ResolvedImage } from './resolved-image.ts'

/**
 * What a server is started with under `pull_policy: never`: the id of the manager's own image, because nodes ask no
 * registry for an id; else the digest that is known.
 */
export const neverAsk = async (
  docker: Docker,
  { image, known, isTrusted }: { image: string; known: string | undefined; isTrusted: boolean },
): Promise<ResolvedImage> => {
  if (isImageId(image)) return { image, from: 'name' }
  if (!isTrusted) return { image, from: 'nobody', refusal: UNLISTED }
  const given = digestIn(image)
  const digest = given ?? known
  const pinned = given === undefined && digest ? withDigest(image, digest) : undefined
  // What was pulled by its digest has no tag on the Engine.
  const byTag = await findEngineImage(docker, image)
  const own = byTag ?? (pinned && (await findEngineImage(docker, pinned)))
  if (own) return { image: own.id, digest: own.digest, from: 'engine' }
  if (digest === undefined) return { image, from: 'nobody', refusal: UNKNOWN }
  const from = pinned === undefined ? 'name' : 'known'
  return { image: pinned ?? image, digest, from, warning: NOT_HERE }
}

const UNKNOWN =
  "pull_policy is never, and the manager's Engine does not have this image: load it there and on the nodes (docker load, docker pull), or set pull_policy to if-not-present"

/** A node would run what it has, without a registry that says who may have it. */
const UNLISTED =
  'pull_policy is never, so no registry says who may have this image: it has to be configured by the hub or listed by name in the policy (user.images)'

const NOT_HERE =
  "image: pull_policy is never, but the manager's Engine does not have the image, so its id is not known. Nodes that have its digest ask no registry; a node without it would"
