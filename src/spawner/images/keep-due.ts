import { isDockerError } from '../../docker/errors.ts'
import { SpawnError } from '../errors.ts'
import type { Spawner } from '../spawner.ts'
import { readPlatform } from './image-platforms.ts'
import { judgeDue } from './judge-due.ts'
import { listPullJobs, type PullJob, pullAgain } from './pull-ahead.ts'
import type { PullReport } from './pull-report.ts'
import { removePullJob } from './remove-pull.ts'

/** What came of one due image. `ahead`: some node was told to download; `removed`: the policy no longer allows the image. */
export type KeptImage =
  | { outcome: 'kept' | 'ahead'; report: PullReport }
  | { outcome: 'removed' | 'failed'; image: string; hub: string; detail: string }

/**
 * Looks at the images that are due of some hubs: resolves their tags anew, and runs a job again where a node needs it, because
 * Swarm itself runs no job on a node that joins or comes back (measured, Engines 20.10 and 28.5). Several copies may do so at
 * once: of two that change a job, the Engine refuses the second.
 */
export async function* keepImagesDue(
  spawner: Spawner,
  { hubs, signal }: { hubs: readonly string[]; signal: AbortSignal },
): AsyncGenerator<KeptImage> {
  const jobs = await listPullJobs(spawner, { signal })
  for (const job of jobs) if (hubs.includes(job.labels.hub)) yield keep(spawner, job, signal)
}

const keep = async (
  spawner: Spawner,
  { job, labels }: PullJob,
  signal: AbortSignal,
): Promise<KeptImage> => {
  const { hub, image, source, why, constraints } = labels
  try {
    const refusal = judgeDue(spawner.policy, labels)
    if (refusal !== undefined) {
      await removePullJob(spawner, { job, labels }, { reason: refusal, signal })
      return { outcome: 'removed', hub, image, detail: refusal }
    }
    const platforms = labels.platforms.map(readPlatform)
    const wanted = { hub, image, source, why, constraints, platforms }
    const { report, hasRun } = await pullAgain(spawner, { ...wanted, signal })
    return { outcome: hasRun ? 'ahead' : 'kept', report }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof SpawnError) && !isDockerError(error)) throw error
    return { outcome: 'failed', hub, image, detail: error.message }
  }
}
