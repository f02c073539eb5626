import { SpawnError } from '../errors.ts'
import type { Policy } from '../policy/policy.ts'
import { readPlatform } from './image-platforms.ts'
import { createIsListed } from './listed-images.ts'
import type { PullLabels } from './pull-labels.ts'
import { wantedImage } from './wanted-images.ts'

/** Why the policy no longer allows an image that a hub has asked for; undefined where it does. A person's word stands. */
export const judgeDue = (
  policy: Policy,
  { hub, image, source, constraints, platforms }: PullLabels,
): string | undefined => {
  if (source === 'command') return undefined
  if (source === 'push') return createIsListed(policy, hub)(image) ? undefined : UNLISTED
  const placement = { constraints, platforms: platforms.map(readPlatform) }
  try {
    wantedImage(hub, { config: { service_image: image, placement } }, policy)
    return undefined
  } catch (error) {
    if (error instanceof SpawnError) return error.message
    throw error
  }
}

const UNLISTED = 'a registry announced a push of it, and the policy no longer lists it'
