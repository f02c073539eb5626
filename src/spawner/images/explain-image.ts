import * as v from 'valibot'
import type { BuiltSpec } from '../build-spec.ts'
import type { Obstacle } from '../obstacles.ts'
import { IMAGE, judgePrivateImage } from '../private-image.ts'
import { PullPolicy } from '../settings/pull-policy.ts'
import type { Spawner } from '../spawner.ts'
import { askedImage } from './asked-image.ts'
import { isUnreadable } from './registry-logins.ts'
import { resolveImage } from './resolve-image.ts'

/** The image of a server: how it is named, and what its service would be created with. */
export const ImageOfServer = v.object({
  /** As it is configured, or as its user chose it. */
  name: v.string(),
  /** `name:tag@sha256:…`, the id of an image, or the name as it is. */
  image: v.string(),
  digest: v.nullable(v.string()),
  /** Who said so. `nobody`: each node asks the registry itself. */
  from: v.picklist(['name', 'registry', 'announced', 'known', 'engine', 'nobody']),
  pull_policy: PullPolicy,
})
export type ImageOfServer = v.InferOutput<typeof ImageOfServer>

type Explained = { image: ImageOfServer | null; warnings: string[]; obstacles: Obstacle[] }

/** Where nothing was asked. */
export const NOT_RESOLVED = {
  image: null,
  warnings: [],
  obstacles: [],
} as const satisfies Explained

/** Resolves the image of a spec as a start would, and tells how. Nobody is asked about an image that a start refuses. */
export const explainImage = async (
  spawner: Spawner,
  built: BuiltSpec,
  signal: AbortSignal,
): Promise<Explained & { built: BuiltSpec }> => {
  if (await judgePrivateImage(spawner, built)) return { ...NOT_RESOLVED, built }
  const at = built.sources[IMAGE] ?? IMAGE
  const resolved = await resolveImage(spawner, built, signal).catch(unreadableWords)
  if (typeof resolved === 'string')
    return { ...NOT_RESOLVED, built, obstacles: [{ from: at, reason: resolved }] }
  const { image, digest = null, from, warning, refusal } = resolved.image
  return {
    built: resolved.built,
    image: { name: askedImage(built), image, digest, from, pull_policy: built.pullPolicy },
    warnings: warning === undefined ? [] : [warning],
    obstacles: refusal === undefined ? [] : [{ from: at, reason: refusal }],
  }
}

/** A start would fail with these words. */
const unreadableWords = (error: unknown): string => {
  if (isUnreadable(error)) return error.message
  throw error
}
