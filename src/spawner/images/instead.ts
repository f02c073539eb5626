import type { Docker } from '../../docker/docker.ts'
import { printable } from '../errors.ts'
import { findEngineImage } from './engine-image.ts'
import type { Unnamed } from './resolved-image.ts'
import type { Failure, Found } from './tag-memory.ts'

type Asked = {
  image: string
  failure: Failure
  /** The digest that was known before. */
  found: Found | undefined
  isTrusted: boolean
}

/**
 * What a server is started with while the registry does not tell the digest: the last one that was told, the one of the manager's
 * Engine, or the tag as it is. An image that only a user has named gets nothing that the Engine has.
 */
export const insteadOf = async (
  docker: Docker,
  { image, failure, found, isTrusted }: Asked,
): Promise<Unnamed> => {
  const warning = (so: string): string => warningOf(image, failure, so)
  if (found) {
    const { digest, platforms } = found
    return { digest, platforms, from: 'known', warning: warning(`${WITH} that was known before`) }
  }
  const own = isTrusted ? await findEngineImage(docker, image) : undefined
  if (own?.digest)
    return {
      digest: own.digest,
      from: 'engine',
      warning: warning(`${WITH} of the manager's own image`),
    }
  // Nobody wants to hear of a registry that an image never came from.
  if (own && (!own.isOfUnknownOrigin || failure.kind === 'refused')) return { from: 'engine' }
  return { from: 'nobody', warning: warning(NODES_ASK) }
}

const WITH = 'so the server starts with the digest'

/** What happens with a tag that is not resolved. */
export const NODES_ASK = 'so the server starts with the tag, and its node asks the registry itself'

/** What people read of a failure. The words are of the Engine or of a registry. */
export const warningOf = (image: string, { kind, words }: Failure, so: string): string => {
  const did = kind === 'refused' ? 'refused to tell' : 'did not tell'
  return printable(`image: the registry ${did} the digest of ${image} (${words}), ${so}`, 4000)
}
