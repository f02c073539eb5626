import { type Job, STAGES, type Stage } from './job.ts'

/** What of a job the plan looks at. */
export type Planned = Pick<Job, 'name' | 'stage' | 'width' | 'seconds'>

const GIGABYTE = 2 ** 30

/**
 * How many jobs run at once on a machine. Most of their time they wait, so that two share a core; a hub with its images is
 * a gigabyte or two in memory.
 */
export const lanesOf = ({ cores, memoryBytes }: { cores: number; memoryBytes: number }): number =>
  Math.max(1, Math.min(2 * cores, Math.floor(memoryBytes / (2.5 * GIGABYTE)), 8))

/** The slowest first, so that no slow one is left over at the end. */
export const inOrder = <T extends Planned>(jobs: readonly T[]): T[] =>
  jobs.toSorted((a, b) => b.seconds - a.seconds || a.name.localeCompare(b.name))

/** Whether a job may start where others run: what measures time is alone, and so is what comes first. */
const fits = (job: Planned, running: readonly Planned[], lanes: number): boolean => {
  const used = running.reduce((sum, { width }) => sum + width, 0)
  if (used === 0) return true
  return job.stage === 'beside' && used + job.width <= lanes
}

/** The job that starts next, or none for now. */
export const nextJob = <T extends Planned>(
  waiting: readonly T[],
  running: readonly Planned[],
  lanes: number,
): T | undefined => {
  const stage = STAGES.find((one) => [...waiting, ...running].some((job) => job.stage === one))
  return inOrder(waiting.filter((job) => job.stage === stage)).find((job) =>
    fits(job, running, lanes),
  )
}

/** How many seconds the jobs will take, should each take as long as it did. */
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

/** What comes next and how long that takes, in a sentence. */
export const inWords = (jobs: readonly Planned[], lanes: number): string => {
  const count = (stage: Stage) => jobs.filter((job) => job.stage === stage).length
  const minutes = Math.max(1, Math.round(secondsOf(jobs, lanes) / 60))
  const [beside, alone] = [count('beside'), count('alone')]
  const files = beside === 1 ? '1 file or suite' : `${beside} files and suites`
  const measures = alone === 1 ? 'since it measures time' : 'since they measure time'
  const last = alone > 0 ? `, then ${alone} alone, ${measures}` : ''
  return `Next: ${files} in ${lanes} lanes, the slowest first${last}: about ${minutes} min.`
}
