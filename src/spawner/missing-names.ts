import { isDockerError } from '../docker/errors.ts'
import { unlessAborted } from '../docker/unless-aborted.ts'
import type { BuiltSpec } from './build-spec.ts'
import { nameFiles } from './engine/name-files.ts'
import { SpawnError } from './errors.ts'
import { whyNoNetwork } from './network-obstacles.ts'
import type { Obstacle } from './obstacles.ts'
import type { Spawner } from './spawner.ts'

/**
 * The networks, secrets and configs of a spec that do not exist, as far as the Engine tells before `enough` aborts. Only for what the
 * policy allows: a hub must not learn of other names. Volumes are made by a start, so none is missing.
 */
export const missingNames = async (
  { knownNames }: Pick<Spawner, 'knownNames'>,
  { spec, sources }: Pick<BuiltSpec, 'spec' | 'sources'>,
  enough: AbortSignal,
): Promise<Obstacle[]> => {
  const from = sources['TaskTemplate.Networks'] ?? 'networks'
  const networks = (spec.TaskTemplate.Networks ?? []).map(async ({ Target }, index) => {
    const reason = whyNoNetwork(Target, await unlessAborted(knownNames.network(Target), enough))
    return reason === undefined ? [] : [{ from: `${from}.${index}`, reason }]
  })
  const files = unlessAborted(nameFiles(knownNames.files, spec, sources), enough)
  const found = [...networks, files.then(() => [], missingFiles)]
  return (await Promise.all(found.map(unlessUnknown))).flat()
}

/** The issues of a refusal as obstacles. Throws all other errors again. */
export const missingFiles = (error: unknown): Obstacle[] => {
  if (!(error instanceof SpawnError)) throw error
  return error.issues.map(({ path, message }) => ({ from: path, reason: message }))
}

/** What the Engine does not tell is no obstacle. */
const unlessUnknown = async (finding: Promise<Obstacle[]>): Promise<Obstacle[]> => {
  try {
    return await finding
  } catch (error) {
    if (isDockerError(error)) return []
    throw error
  }
}
