import * as v from 'valibot'
import type { PushVerdict } from '../src/spawner/images/pull-pushed.ts'
import type { LogEntry } from './every-call/log.ts'
import type { ReadEnvelope } from './registry-events/read-envelope.ts'

/** The answer to a registry: how many events were accepted, how many were not, and why. */
export const ImagesPushed = v.object({
  accepted: v.number(),
  ignored: v.number(),
  message: v.optional(v.string()),
})
export type ImagesPushed = v.InferOutput<typeof ImagesPushed>

/** What came of an envelope: a verdict on each of its images, and how many of the wanted ones there was room for. */
export type Outcome = { envelope: ReadEnvelope; verdicts: readonly PushVerdict[]; taken: number }

const UNKNOWN =
  'the body is no event of a registry that the service knows (Docker Hub, distribution, Harbor, Quay, GitHub, Azure): see docs/images.md'
/** An image that is not pulled, in words. */
export const UNLISTED =
  'neither the profiles of the hub nor the images of the policy name an image that was pushed, so it is not pulled'
const TOO_MANY =
  'too many images that only the policy lists are due already: see swarmspawner images'
const BUSY = 'too many pushed images are waiting to be pulled'

/** The answer to a registry. It names no image, because registries show it to everybody who may see a webhook. */
export const answerOf = ({ envelope, verdicts, taken }: Outcome): ImagesPushed => {
  const { vendor, events } = envelope
  const count = (verdict: PushVerdict) => verdicts.filter((one) => one === verdict).length
  const why = [
    ...(vendor === undefined ? [UNKNOWN] : []),
    ...(count('unlisted') > 0 ? [UNLISTED] : []),
    ...(count('too_many') > 0 ? [TOO_MANY] : []),
    ...(taken < count('wanted') ? [BUSY] : []),
  ]
  const counts = { accepted: taken, ignored: events - taken }
  return why.length > 0 ? { ...counts, message: why.join('; ') } : counts
}

/** 5 names tell what kind of images they are. */
const MAX_NAMED = 5

/** The line of the log for an envelope. It names images that are not pulled, and never the token. */
export const lineOf = (hub: string, outcome: Outcome): LogEntry => {
  const { message, ...counts } = answerOf(outcome)
  const { vendor, images } = outcome.envelope
  const left = images.filter((_, nth) => outcome.verdicts[nth] !== 'wanted')
  const names = [...new Set(left.map(({ image }) => image))].slice(0, MAX_NAMED)
  return {
    level: message === undefined || message === UNLISTED ? 'info' : 'warn',
    message: 'image-pushed',
    hub,
    registry: vendor ?? null,
    ...counts,
    ...(message !== undefined && { detail: message }),
    ...(names.length > 0 && { not_pulled: names }),
  }
}
