import { type Job, STAGES, type Stage } from './job.ts'

/** The part of a job that the plan uses. */
export type Planned = Pick<Job, 'name' | 'stage' | 'width' | 'seconds'>

const GIGABYTE = 2 ** 30

/**
 * The number of jobs that run at once on a machine. They mostly wait: each takes a third of a core. A hub with
 * its images takes one or two gigabytes of memory.
 */
export const lanesOf = ({ cores, memoryBytes }: { cores: number; memoryBytes: number }): number =>
  Math.max(1, Math.min(3 * cores, Math.floor(memoryBytes / (2.5 * GIGABYTE)), 8))

/** Puts the slowest jobs first, so that no slow job is left at the end. */
export const inOrder = <T extends Planned>(jobs: readonly T[]): T[] =>
  jobs.toSorted((a, b) => b.seconds - a.seconds || a.name.localeCompare(b.name))

/**
 * Whether a job may start beside the running ones. A job that measures time runs alone, and so does the first
 * one.
 */
const fits = (job: Planned, running: readonly Planned[], lanes: number): boolean => {
  const used = running.reduce((sum, { width }) => sum + width, 0)
  if (used === 0) return true
  return job.stage === 'beside' && used + job.width <= lanes
}

/** The job that starts next. Undefined when none can start now, or none of them `isReady`. */
export const nextJob = <T extends Planned>(
  waiting: readonly T[],
  running: readonly Planned[],
  lanes: number,
  isReady: (job: T) => boolean = () => true,
): T | undefined => {
  const stage = STAGES.find((one) => [...waiting, ...running].some((job) => job.stage === one))
  return inOrder(waiting.filter((job) => job.stage === stage && isReady(job))).find((job) =>
    fits(job, running, lanes),
  )
}

/** The seconds that the jobs will take, if each takes as long as the last time. */
export const secondsOf = (jobs: readonly Planned[], lanes: number): number => {
  let [waiting, now] = [[...jobs], 0]
  let running: { job: Planned; end: number }[] = []
  while (waiting.length + running.length > 0) {
    const job = nextJob(
      waiting,
      running.map((one) => one.job),
      lanes,
    )
    if (job) {
      waiting = waiting.filter((one) => one !== job)
      running.push({ job, end: now + job.seconds })
    } else {
      now = Math.min(...running.map(({ end }) => end))
      running = running.filter(({ end }) => end > now)
    }
  }
  return now
}

/** The plan in one sentence: what comes next and how long it takes. */
export const inWords = (jobs: readonly Planned[], lanes: number): string => {
  const count = (stage: Stage) => jobs.filter((job) => job.stage === stage).length
  const minutes = Math.max(1, Math.round(secondsOf(jobs, lanes) / 60))
  const [beside, alone] = [count('beside'), count('alone')]
  const files = beside === 1 ? '1 file or suite' : `${beside} files and suites`
  const measures = alone === 1 ? 'since it measures time' : 'since they measure time'
  const last = alone > 0 ? `, then ${alone} alone, ${measures}` : ''
  return `Next: ${files} in ${lanes} lanes, the slowest first${last}: about ${minutes} min.`
}
