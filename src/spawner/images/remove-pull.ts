import { isDockerError } from '../../docker/errors.ts'
import { type Job, runJobAgain } from '../../docker/jobs.ts'
import { removeService } from '../../docker/services.ts'
import type { Spawner } from '../spawner.ts'

/** No node has this id. */
const NOWHERE = ['node.id==none']

/**
 * Removes a pull job; images stay on the nodes. Before that, the job runs once more on no node at all: Engine 20.10 leaves the
 * containers of a removed job on their nodes for ever, with the volumes that their image declares, but removes those of a former
 * iteration (measured).
 */
export const removePullJob = async (
  { docker }: Pick<Spawner, 'docker'>,
  job: Job,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await runJobAgain(docker, { job, constraints: NOWHERE, signal })
  } catch (error) {
    // Somebody else removes it, too, or has changed it since we looked.
    if (!isDockerError(error, 'out_of_sequence', 'not_found')) throw error
  }
  await removeService(docker, { id: job.ID, signal })
}
