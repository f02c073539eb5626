import type { Docker } from '../../docker/docker.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { droppedFields } from '../../docker/version-gates.ts'
import type { Issue } from '../errors.ts'

/** An issue for each field that this Engine does not know: an older Engine drops it silently, for example `NoNewPrivileges`. */
export const droppedIssues = async (
  docker: Docker,
  spec: ServiceSpec,
  signal: AbortSignal,
): Promise<Issue[]> => {
  const version = await docker.apiVersion(signal)
  return droppedFields(spec, version).map(({ field, since }) => ({
    path: field,
    message: `needs Engine API ${since}; this Engine speaks ${version} and would leave it out`,
  }))
}
