import { DockerError } from '../../docker/errors.ts'
import { SpawnError } from '../errors.ts'
import type { Spawner } from '../spawner.ts'
import { listPullJobs, type PullJob, pullAhead, type WantedImage } from './pull-ahead.ts'
import type { PullReport } from './pull-report.ts'
import { removePullJob } from './remove-pull.ts'

/** An image that was asked for, and its report, or the error why there is none. */
export type Pulled = { wanted: WantedImage } & (
  | { report: PullReport }
  | { error: SpawnError | DockerError }
)

/** 4 at once: registries limit how often they are asked, and nobody waits for the call. */
const AT_ONCE = 4

/** Pulls images ahead, in their order. A wrong one does not spoil the others. */
export const pullEach = async (
  spawner: Spawner,
  images: readonly WantedImage[],
  signal: AbortSignal,
): Promise<Pulled[]> => {
  const pulled: Pulled[] = []
  for (let at = 0; at < images.length; at += AT_ONCE)
    pulled.push(
      ...(await Promise.all(
        images.slice(at, at + AT_ONCE).map((wanted) => pullOne(spawner, wanted, signal)),
      )),
    )
  return pulled
}

const pullOne = async (
  spawner: Spawner,
  wanted: WantedImage,
  signal: AbortSignal,
): Promise<Pulled> => {
  try {
    return { wanted, report: await pullAhead(spawner, { ...wanted, signal }) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SpawnError || error instanceof DockerError) return { wanted, error }
    throw error
  }
}

/** The jobs that a hub, or a person for it, has asked for. */
type Meant = {
  hub: string
  isMeant: (job: PullJob) => boolean
  /** Why they are no longer due. */
  reason: string
  signal: AbortSignal
}

/** Removes the jobs of a hub that are meant, and returns them. The images stay on the nodes. */
export const forgetImages = async (
  spawner: Pick<Spawner, 'docker' | 'audit'>,
  { hub, isMeant, reason, signal }: Meant,
): Promise<PullJob[]> => {
  const meant = (await listPullJobs(spawner, { hub, signal })).filter(isMeant)
  for (const job of meant) await removePullJob(spawner, job, { reason, signal })
  return meant
}
