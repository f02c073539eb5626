import type { Docker } from '../../docker/docker.ts'
import { isDockerError } from '../../docker/errors.ts'
import { findImage } from '../../docker/images.ts'
import { isDigest, ownDigest } from './image-names.ts'

/** An image that the manager's Engine has. */
export type EngineImage = {
  id: string
  /** The digest that it has at its own registry, if it came from there. */
  digest: string | undefined
  /** Whether nobody can say where it came from: containerd's store gives a digest to every image, also to those that were built here. */
  isOfUnknownOrigin: boolean
}

/** Whether the manager has an image that certainly did not come from the registry of its name. */
export const isBuilt = (own: EngineImage | undefined): boolean =>
  own !== undefined && own.digest === undefined && !own.isOfUnknownOrigin

/** 1 s: a start waits for it. */
const TIMEOUT_MS = 1000

/** Asks the manager's Engine for an image of its own. Undefined if it has none, or does not say. */
export const findEngineImage = async (
  docker: Docker,
  image: string,
): Promise<EngineImage | undefined> => {
  try {
    const found = await findImage(docker, { image, timeoutMs: TIMEOUT_MS })
    if (!found || !isDigest(found.Id)) return undefined
    const digest = ownDigest(image, found.RepoDigests ?? [])
    const isOfUnknownOrigin = digest === found.Id
    return { id: found.Id, digest: isOfUnknownOrigin ? undefined : digest, isOfUnknownOrigin }
  } catch (error) {
    if (isDockerError(error)) return undefined
    throw error
  }
}
