import * as v from 'valibot'
import type { ServerLabels } from '../server/labels.ts'
import type { Digests } from './digests.ts'
import { digestIn } from './image-names.ts'

/** The tag of a server's image means a newer image than the one that the server runs. */
export const UpdateAvailable = v.object({
  /** The image as it was asked for. */
  image: v.string(),
  /** The digest that the server runs. */
  running: v.string(),
  /** The digest that the tag has now. */
  digest: v.string(),
})
export type UpdateAvailable = v.InferOutput<typeof UpdateAvailable>

/**
 * A minute: a start resolves its image sooner. Until then, a digest that another copy of this service knows may be the older one.
 */
const MARGIN_MS = 60_000

/** Says whether a newer image is known than the one that a server runs. It asks nobody. */
export const updateAvailable = (
  digests: Pick<Digests, 'known'>,
  labels: Pick<ServerLabels, 'hub' | 'image' | 'isUsersImage' | 'issuedAt'> | undefined,
  runs: string | undefined,
): UpdateAvailable | undefined => {
  if (labels?.image === undefined || runs === undefined) return undefined
  const { hub, image, isUsersImage, issuedAt } = labels
  const running = digestIn(runs)
  const known = digests.known(image, { isTrusted: !isUsersImage, hub })
  if (running === undefined || !known || known.digest === running) return undefined
  return known.atMs > issuedAt + MARGIN_MS ? { image, running, digest: known.digest } : undefined
}
