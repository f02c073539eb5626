import { isSameImage } from '../../docker/image-name.ts'
import type { Spawner } from '../spawner.ts'
import { fullNameOfTag } from './image-names.ts'
import { readPlatform } from './image-platforms.ts'
import { createIsListed } from './listed-images.ts'
import { listPullJobs, type PullJob, pullAhead, type WantedImage } from './pull-ahead.ts'
import type { PullReport } from './pull-report.ts'

/** An image that a registry says was pushed. Its digest only tells one push from another: whoever sends an event may claim any. */
export type Pushed = { image: string; digest?: string | undefined }

/** Whether a pushed image is to be pulled, and why not. */
export type PushVerdict = 'wanted' | 'unlisted' | 'too_many'

/** 100 images: one for each commit to a repository that a pattern lists would fill the disks of the nodes. */
const MAX_PUSHED_IMAGES = 100

type Hub = { hub: string; signal: AbortSignal }

/**
 * Judges pushed images, with one look at the Swarm. Wanted are those that are due already, as the hub's profiles name them, and those
 * that the policy lists. Throws a DockerError if the Swarm cannot say what is due.
 */
export const judgePushes = async (
  spawner: Spawner,
  pushes: readonly Pushed[],
  { hub, signal }: Hub,
): Promise<PushVerdict[]> => {
  if (pushes.length === 0) return []
  const jobs = await listPullJobs(spawner, { hub, signal })
  const due = new Set(jobs.map(({ labels }) => fullNameOfTag(labels.image)))
  const isListed = createIsListed(spawner.policy, hub)
  const hasRoom = jobs.filter(({ labels }) => labels.source === 'push').length < MAX_PUSHED_IMAGES
  return pushes.map(({ image }) => {
    const name = fullNameOfTag(image)
    if (name !== undefined && due.has(name)) return 'wanted'
    if (!isListed(image)) return 'unlisted'
    return hasRoom ? 'wanted' : 'too_many'
  })
}

/**
 * Pulls a pushed image on the nodes where it is due, or on all nodes if only the policy lists it. It asks the registry which digest the
 * tag has now, so an event that somebody forged changes nothing. The next start uses this digest and asks no registry.
 */
export const pullPushed = async (
  spawner: Spawner,
  { image, digest: announced }: Pushed,
  { hub, signal }: Hub,
): Promise<PullReport[]> => {
  const due = (await listPullJobs(spawner, { hub, signal })).filter(({ labels }) =>
    isSameImage(labels.image, image),
  )
  const listed: WantedImage = { hub, image, source: 'push', why: WHY }
  const wanted = due.length > 0 ? due.map(asBefore) : [listed]
  const reports: PullReport[] = []
  for (const one of wanted) {
    const pull = () => pullAhead(spawner, { ...one, signal })
    const first = await pull()
    // The answer may be that to somebody who asked before the push, so another digest than the announced one is asked for once more.
    const isOther = announced !== undefined && first.digest !== announced && first.warning === null
    const report = isOther ? await pull() : first
    const { digest, warning } = report
    // With a warning, the digest is the one that was known before.
    if (digest !== null && warning === null) spawner.digests.remember(one.image, digest, hub)
    reports.push(report)
  }
  return reports
}

const WHY = 'the policy lists it, and a registry announced a push'

const asBefore = ({ labels }: PullJob): WantedImage => {
  const { hub, image, source, why, constraints, platforms } = labels
  return { hub, image, source, why, constraints, platforms: platforms.map(readPlatform) }
}
