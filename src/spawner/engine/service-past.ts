import { type ContainerEnd, containerEnds } from '../../docker/container-ends.ts'
import type { Docker } from '../../docker/docker.ts'
import { isDockerError } from '../../docker/errors.ts'
import { findServiceSummary } from '../../docker/services.ts'
import { keepAnswers } from './keep-answers.ts'

/** What the Engine still knows of a service's earlier tasks, though Swarm has forgotten the tasks. */
export type ServicePast = {
  /** When the service was made, or changed last, in the Engine's form. Undefined for a service that is gone. */
  changedAt: (serviceId: string) => Promise<string | undefined>
  /** The ends of its containers on the Engine's own node, between two moments. */
  ends: (serviceId: string, since: string, until: string) => Promise<ContainerEnd[]>
}

/** Makes a ServicePast, which remembers answers for some seconds. */
export const createServicePast = (docker: Docker, now: () => number): ServicePast => {
  const changedAt = keepAnswers(async (id) => {
    try {
      return (await findServiceSummary(docker, { id, keepsLabel: () => false }))?.UpdatedAt
    } catch (error) {
      if (isDockerError(error)) return undefined
      throw error
    }
  }, now)
  const ends = keepAnswers(async (key) => {
    const [serviceId = '', since = '', until = ''] = key.split(' ')
    return containerEnds(docker, { serviceId, since, until })
  }, now)
  return {
    changedAt,
    ends: (...parts) => ends(parts.join(' ')),
  }
}
