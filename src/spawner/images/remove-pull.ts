import { isDockerError } from '../../docker/errors.ts'
import { type Job, runJobAgain } from '../../docker/jobs.ts'
import type { Spawner } from '../spawner.ts'
import { removeTold, tellDoubt } from '../told-changes.ts'
import type { PullLabels } from './pull-labels.ts'

/** No node has this id. */
const NOWHERE = ['node.id==none']

/**
 * Removes a pull job, and tells why; images stay on the nodes. Before that, the job runs once more on no node at all: Engine
 * 20.10 leaves the containers of a removed job on their nodes for ever, with the volumes that their image declares, but removes
 * those of a former iteration (measured).
 */
export const removePullJob = async (
  spawner: Pick<Spawner, 'docker' | 'audit'>,
  { job, labels: { hub, image, digest } }: { job: Job; labels: PullLabels },
  { reason, signal }: { reason: string; signal: AbortSignal },
): Promise<void> => {
  const { docker, audit } = spawner
  const { ID: id } = job
  const named = { hub, image, digest, service: job.Spec.Name, service_id: id }
  const act = { act: 'drop', ...named, reason } as const
  try {
    await tellDoubt(audit, act, () => runJobAgain(docker, { job, constraints: NOWHERE, signal }))
  } catch (error) {
    // Somebody else removes it, too, or has changed it since we looked.
    if (!isDockerError(error, 'out_of_sequence', 'not_found')) throw error
  }
  await removeTold(spawner, { id, act, tellsAll: true, signal })
}
