import { printable } from '../errors.ts'
import { type EngineImage, isBuilt } from './engine-image.ts'
import { withDigest } from './image-names.ts'
import type { ResolvedImage } from './resolved-image.ts'
import type { Failure, Found } from './tag-memory.ts'

/** An image whose registry does not tell the digest of its tag. */
type Untold = { image: string; failure: Failure }

/** Starts with the last digest that was told. */
export const asKnown = (
  { image, failure }: Untold,
  { digest, platforms }: Found,
): ResolvedImage => ({
  image: withDigest(image, digest),
  digest,
  platforms,
  from: 'known',
  warning: warningOf({ image, failure }, 'so the digest that was known before is used'),
})

/** Starts with what the manager's Engine has, or with the tag as it is. */
export const asEngineHas = (
  { image, failure }: Untold,
  own: EngineImage | undefined,
): ResolvedImage => {
  if (own?.digest)
    return {
      image: withDigest(image, own.digest),
      digest: own.digest,
      from: 'engine',
      warning: warningOf({ image, failure }, "so the digest of the manager's own image is used"),
    }
  // Nobody wants to hear of a registry that an image never came from.
  if (isBuilt(own) || (own && failure.kind === 'refused')) return { image, from: 'engine' }
  return { image, from: 'nobody', warning: warningOf({ image, failure }, NODES_ASK) }
}

/**
 * Under `always`, a registry that says no is believed: what a node still has is no longer what was asked for. A registry that
 * says nothing is none of the image's fault, so the tag goes to the nodes, which ask themselves, as Swarm does.
 */
export const asAlways = ({ image, failure }: Untold): ResolvedImage => ({
  image,
  from: 'nobody',
  ...(failure.kind === 'refused'
    ? { refusal: refusalOf(failure) }
    : { warning: warningOf({ image, failure }, NODES_ASK) }),
})

const NODES_ASK = 'so the tag is used, and each node asks the registry itself'

/** What people read of a failure. The words are of the Engine or of a registry. */
const warningOf = ({ image, failure }: Untold, so: string): string => {
  const did = failure.kind === 'refused' ? 'refused to tell' : 'did not tell'
  const { words } = failure
  return printable(`image: the registry ${did} the digest of ${image} (${words}), ${so}`, 4000)
}

const refusalOf = ({ words }: Failure): string =>
  `pull_policy is always, and the registry refuses the image: ${words}. Correct the name or the credentials, or set pull_policy to if-not-present, which takes what the nodes have`
