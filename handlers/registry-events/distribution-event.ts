import * as v from 'valibot'
import { MaybeText, type PushedImage, Text } from './pushed-image.ts'

/**
 * An event of CNCF distribution (`notifications/event.go`), in its envelopes v1 and v2 the same. Azure sends it as well, without an
 * envelope.
 */
export const DistributionEvent = v.object({
  action: v.literal('push'),
  target: v.object({
    mediaType: MaybeText,
    repository: Text,
    tag: Text,
    digest: MaybeText,
    url: MaybeText,
  }),
  request: v.optional(v.nullable(v.object({ host: MaybeText })), null),
})

/** Layers and charts are pushed as well; only manifests and lists of them are images. */
const MANIFEST =
  /^application\/vnd\.(?:docker\.distribution\.manifest|oci\.image\.(?:manifest|index))\./

/** The image that an event tells of. Its host is the `Host` header of whoever pushed. */
export const readDistributionEvent = ({
  target: { mediaType, repository, tag, digest, url },
  request,
}: v.InferOutput<typeof DistributionEvent>): PushedImage | undefined => {
  if (mediaType && !MANIFEST.test(mediaType)) return undefined
  const registry = request?.host || (url && URL.parse(url)?.host) || ''
  return { registry, repository, tag, digest: digest ?? undefined }
}
