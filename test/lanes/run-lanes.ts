import type { Job, JobResult } from './job.ts'
import { nextJob } from './plan.ts'

/**
 * Runs jobs in lanes, in the order of the plan. Calls `onEnd` after each job. After an abort it starts no more
 * jobs.
 */
export const runLanes = async (
  jobs: readonly Job[],
  options: {
    lanes: number
    signal: AbortSignal
    run: (job: Job, signal: AbortSignal) => Promise<JobResult>
    onEnd: (result: JobResult, waiting: readonly Job[]) => void
  },
): Promise<JobResult[]> => {
  const { lanes, signal, run, onEnd } = options
  const waiting = new Set(jobs)
  const running = new Map<Job, Promise<void>>()
  const results: JobResult[] = []
  const start = async (job: Job) => {
    const result = await run(job, signal)
    results.push(result)
    running.delete(job)
    onEnd(result, [...waiting])
  }
  for (;;) {
    const job = signal.aborted ? undefined : nextJob([...waiting], [...running.keys()], lanes)
    if (job) {
      waiting.delete(job)
      running.set(job, start(job))
    } else if (running.size > 0) await Promise.race(running.values())
    else return results
  }
}
