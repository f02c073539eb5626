import { isDockerError } from '../../docker/errors.ts'
import { findJob, type Job, listJobs } from '../../docker/jobs.ts'
import { listNodes } from '../../docker/nodes.ts'
import { type Platform, platformInWords } from '../../docker/platforms.ts'
import { tasksOfServices } from '../../docker/tasks.ts'
import { printable, SpawnError } from '../errors.ts'
import type { Spawner } from '../spawner.ts'
import { createTold, runAgainTold } from '../told-changes.ts'
import { digestIn } from './image-names.ts'
import { nodePulls } from './node-pulls.ts'
import { type PullLabels, readPullLabels, writePullLabels } from './pull-labels.ts'
import type { PullReport, PullSource } from './pull-report.ts'
import { keyOfPull, nameOfPull, PULL_PREFIX, pullSpec } from './pull-spec.ts'
import { removePullJob } from './remove-pull.ts'

/** An image that shall be on every node that would run it. */
export type WantedImage = {
  hub: string
  /** A name with a tag or a digest. */
  image: string
  /** The digest, where it is known: then no registry is asked. */
  digest?: string | undefined
  constraints?: readonly string[] | undefined
  platforms?: readonly Platform[] | undefined
  source?: PullSource | undefined
  /** What needs it, for people. */
  why?: string | undefined
}

type PullSpawner = Pick<Spawner, 'docker' | 'registryAuth' | 'digests' | 'audit' | 'now'>

/** A job of ours, and what its labels say. */
export type PullJob = { job: Job; labels: PullLabels }

/**
 * Makes every node that would run an image download it. Harmless to repeat: nodes that have it ask no registry, and those
 * where it failed try again. A job of an older digest is replaced. Returns what the Swarm says now, and does not wait. Throws
 * `quota_exceeded` for a hub with too many images, `name_taken`, and DockerErrors.
 */
export const pullAhead = async (
  spawner: PullSpawner,
  wanted: WantedImage & { signal: AbortSignal },
): Promise<PullReport> => (await pullAgain(spawner, wanted)).report

/** `pullAhead` that also says whether nodes were told anything: `hasRun` is false where each has the image already. */
export const pullAgain = async (
  spawner: PullSpawner,
  { signal, ...wanted }: WantedImage & { signal: AbortSignal },
): Promise<{ report: PullReport; hasRun: boolean }> => {
  const labels = labelsOf(wanted, spawner.now())
  const [found, jobs] = await Promise.all([
    resolve(spawner, wanted, signal),
    listPullJobs(spawner, { hub: wanted.hub, signal }),
  ])
  const former = jobs.filter((one) => one.labels.key === labels.key)
  const next = nextLabels(labels, found, former)
  const same = former.find(({ job }) => job.Spec.Name === nameOfPull(next))
  if (!same && former.length === 0) refuseTooMany(jobs)
  const job = same
    ? await again(spawner, { ...same, next }, signal)
    : await create(spawner, next, signal)
  const reason = `a newer job: ${job.Spec.Name}`
  for (const old of former)
    if (old.job.ID !== job.ID) await removePullJob(spawner, old, { reason, signal })
  const [report] = await reportOn(spawner, [{ job, labels: next }], signal)
  const hasRun = job.ID !== same?.job.ID || job.Version.Index !== same.job.Version.Index
  if (report) return { report, hasRun }
  throw new Error(`${job.Spec.Name}: no report`)
}

/** Lists the images that are due, of one hub or of all, with what the Swarm says of each node. */
export const listDueImages = async (
  spawner: PullSpawner,
  { hub, signal }: { hub?: string | undefined; signal: AbortSignal },
): Promise<PullReport[]> => reportOn(spawner, await listPullJobs(spawner, { hub, signal }), signal)

/** Lists the pull jobs of a hub, or of all hubs, the oldest first. One call, whatever else is in the swarm. */
export const listPullJobs = async (
  { docker }: Pick<Spawner, 'docker'>,
  { hub, signal }: { hub?: string | undefined; signal: AbortSignal },
): Promise<PullJob[]> => {
  const jobs = await listJobs(docker, { filters: { name: [PULL_PREFIX] }, signal })
  return jobs
    .flatMap((job) => {
      const labels = readPullLabels(job.Spec.Labels)
      return labels && (hub === undefined || labels.hub === hub) ? [{ job, labels }] : []
    })
    .sort((one, other) => Date.parse(one.job.CreatedAt) - Date.parse(other.job.CreatedAt))
}

/** Says of each job what the Swarm says of its nodes, in two calls for a few hundred jobs. */
export const reportOn = async (
  { docker }: Pick<Spawner, 'docker'>,
  jobs: readonly PullJob[],
  signal: AbortSignal,
): Promise<PullReport[]> => {
  if (jobs.length === 0) return []
  const serviceNames = jobs.map(({ job }) => job.Spec.Name)
  const [nodes, { items: tasks }] = await Promise.all([
    listNodes(docker, { signal }),
    tasksOfServices(docker, { serviceNames, keepsLabel: () => false, signal }),
  ])
  return jobs.map(({ job, labels }) => ({
    hub: labels.hub,
    image: labels.image,
    digest: labels.digest ?? null,
    source: labels.source,
    why: labels.why,
    constraints: labels.constraints,
    platforms: labels.platforms,
    since: labels.since,
    job: job.Spec.Name,
    service_id: job.ID,
    nodes: nodePulls({ job, labels, nodes, tasks }),
    warning: labels.warning ?? null,
  }))
}

/** Returns whether a node has no image yet, and another run of the job may give it one. */
export const needsAnotherRun = ({ nodes }: PullReport): boolean =>
  nodes.some(({ state, since }) => (since === null ? state === 'waiting' : state === 'failed'))

type Resolved = {
  digest?: string | undefined
  /** As `linux/amd64`; undefined where no registry told them. */
  platforms?: string[] | undefined
  warning?: string | undefined
}

/** Names an image on its nodes: the `key` of its job's labels. */
export const keyOfWanted = (wanted: WantedImage): string => labelsOf(wanted, 0).key

const MAX_WHY = 300
const MAX_WARNING = 500

/** Finds the digest of an image. The hub's own word, and a person's, may use the service's credentials. */
const resolve = async (
  { digests }: PullSpawner,
  { hub, image, digest }: WantedImage,
  signal: AbortSignal,
): Promise<Resolved> => {
  if (digest !== undefined) {
    // A hub may name any digest, so the starts of other hubs do not get it.
    digests.remember(image, digest, hub)
    return { digest }
  }
  const asked = { pullPolicy: 'if-not-present', isTrusted: true, hub, signal } as const
  // What is remembered may be older than the push that this pull is for.
  const found = await digests.resolve(image, { ...asked, asksAnew: true })
  return {
    digest: found.digest ?? digestIn(image),
    platforms: found.platforms?.map(platformInWords),
    warning: found.warning && printable(found.warning, MAX_WARNING),
  }
}

const labelsOf = (
  { hub, image, constraints = [], platforms = [], source = 'command', why = '' }: WantedImage,
  now: number,
): PullLabels => {
  const named = {
    hub,
    image,
    source,
    constraints: [...constraints],
    platforms: platforms.map(platformInWords),
  }
  const since = new Date(now).toISOString()
  return { ...named, why: printable(why, MAX_WHY), since, key: keyOfPull(named) }
}

/** A registry that tells nothing leaves the digest that the newest job has. An image is due since its first job. */
const nextLabels = (
  labels: PullLabels,
  { digest, platforms, warning }: Resolved,
  former: readonly PullJob[],
): PullLabels => {
  const [first, last] = [former.at(0)?.labels, former.at(-1)?.labels]
  const isKept = digest === undefined && last?.digest !== undefined
  const kept = digest === undefined || digest === last?.digest
  const ofImage = platforms ?? (kept ? last?.['image-platforms'] : undefined)
  return {
    ...labels,
    since: first?.since ?? labels.since,
    digest: isKept ? last.digest : digest,
    'image-platforms': ofImage,
    warning,
  }
}

/** 200: more than a form shows, and few enough to be listed in one call. */
const MOST_IMAGES = 200

const refuseTooMany = (jobs: readonly PullJob[]): void => {
  if (jobs.length < MOST_IMAGES) return
  throw new SpawnError(
    'quota_exceeded',
    `${MOST_IMAGES} images are due already, which is the most for one hub; "swarmspawner images" lists them, and "swarmspawner images --remove" takes one off`,
  )
}

/** The unique name is the lock: somebody else may have created the same job in between, and then it is ours as well. */
const create = async (
  spawner: PullSpawner,
  labels: PullLabels,
  signal: AbortSignal,
): Promise<Job> => {
  const spec = pullSpec(labels)
  const registryAuth = await spawner.registryAuth(labels.image)
  try {
    const act = { ...pullOf(labels), service: spec.Name }
    await createTold(spawner, { act, spec, registryAuth, signal })
  } catch (error) {
    if (!isDockerError(error, 'conflict')) throw error
  }
  const job = await findJob(spawner.docker, { name: spec.Name, signal })
  if (job && readPullLabels(job.Spec.Labels)?.key === labels.key) return job
  throw new SpawnError(
    'name_taken',
    `${spec.Name}: a service of this name exists that is no pull job of this hub, or it was removed again; look at it with "docker service inspect", and remove it`,
  )
}

const pullOf = ({ hub, image, digest, why: reason }: PullLabels) =>
  ({ act: 'pull', hub, image, digest, reason }) as const

/** Runs a job again if a node needs it, or if its labels are no longer true. Somebody else may do so at the same time. */
const again = async (
  spawner: PullSpawner,
  { job, labels, next }: PullJob & { next: PullLabels },
  signal: AbortSignal,
): Promise<Job> => {
  const [report] = await reportOn(spawner, [{ job, labels }], signal)
  const isTold = labels.why === next.why && labels.warning === next.warning
  if (report && !needsAnotherRun(report) && isTold) return job
  await runAgain(spawner, job, next, signal)
  return (await findJob(spawner.docker, { name: job.Spec.Name, signal })) ?? job
}

/** Runs a job on all of its nodes again. Those that have the image only run docker-init; where it has a digest, they ask no registry. */
const runAgain = async (
  spawner: PullSpawner,
  job: Job,
  labels: PullLabels,
  signal: AbortSignal,
): Promise<void> => {
  const own = { ...job.Spec.Labels, ...writePullLabels(labels) }
  const registryAuth = await spawner.registryAuth(labels.image)
  const act = { ...pullOf(labels), outcome: 'again' }
  try {
    await runAgainTold(spawner, { job, act, labels: own, registryAuth, signal })
  } catch (error) {
    // Somebody else has run it again, or removed it, since we looked.
    if (!isDockerError(error, 'out_of_sequence', 'not_found')) throw error
  }
}
