import { findServiceSummary } from '../../docker/services.ts'
import type { BuiltSpec } from '../build-spec.ts'
import { SpawnError } from '../errors.ts'
import { IMAGE } from '../private-image.ts'
import { isOurLabel, readLabels } from '../server/labels.ts'
import type { Spawner } from '../spawner.ts'
import { type ResolvedSpec, resolveImage } from './resolve-image.ts'

/**
 * Resolves the image of a start. Throws `invalid_config`, or `not_allowed` for an image that only a user has named, if its `pull_policy`
 * lets nothing start with it. A start that is sent again, and has its service, is not refused: nothing is created with what it asks for.
 */
export const resolveForStart = async (
  spawner: Spawner,
  planned: BuiltSpec,
  signal: AbortSignal,
): Promise<ResolvedSpec> => {
  const { serviceName, spawnId } = planned.labels
  // A start that is sent again, maybe to another copy, should say at once how it goes.
  const isBegun = async () => {
    const tasks = await spawner.watch(serviceName, { paceMs: 0, signal })
    return tasks.some(({ Spec }) => readLabels(Spec.ContainerSpec?.Labels)?.spawnId === spawnId)
  }
  const resolved = await resolveImage(spawner, planned, signal, isBegun)
  const { refusal } = resolved.image
  if (refusal === undefined || (await hasBegun(spawner, planned, signal))) return resolved
  const path = planned.sources[IMAGE] ?? IMAGE
  const code = planned.isTrustedImage ? 'invalid_config' : 'not_allowed'
  throw new SpawnError(code, `${path}: ${refusal}`, [{ path, message: refusal }])
}

const hasBegun = async (
  { docker }: Spawner,
  { labels }: BuiltSpec,
  signal: AbortSignal,
): Promise<boolean> => {
  const { serviceName: id, spawnId } = labels
  const found = await findServiceSummary(docker, { keepsLabel: isOurLabel, id, signal })
  return readLabels(found?.Spec.Labels)?.spawnId === spawnId
}
