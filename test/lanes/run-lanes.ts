import type { Job, JobResult } from './job.ts'
import { nextJob } from './plan.ts'

/**
 * Runs jobs in lanes, in the order of the plan. Jobs that need the lab wait for it, and others go before them.
 * Calls `onEnd` after each job. After an abort it starts no more jobs.
 */
export const runLanes = async (
  jobs: readonly Job[],
  options: {
    lanes: number
    signal: AbortSignal
    /** Ends when the lab is prepared. */
    lab: Promise<void>
    run: (job: Job, signal: AbortSignal) => Promise<JobResult>
    onEnd: (result: JobResult, waiting: readonly Job[]) => void
  },
): Promise<JobResult[]> => {
  const { lanes, signal, lab, run, onEnd } = options
  const waiting = new Set(jobs)
  const running = new Map<Job, Promise<void>>()
  const results: JobResult[] = []
  const start = async (job: Job) => {
    const result = await run(job, signal)
    results.push(result)
    running.delete(job)
    onEnd(result, [...waiting])
  }
  let isPrepared = false
  const preparing = lab.then(() => {
    isPrepared = true
  })
  const isReady = ({ needsLab }: Job) => isPrepared || !needsLab
  for (;;) {
    const job = signal.aborted
      ? undefined
      : nextJob([...waiting], [...running.keys()], lanes, isReady)
    const isForLab = !(isPrepared || signal.aborted) && waiting.size > 0
    if (job) {
      waiting.delete(job)
      running.set(job, start(job))
    } else if (running.size > 0 || isForLab)
      await Promise.race([...running.values(), ...(isForLab ? [preparing] : [])])
    else return results
  }
}
