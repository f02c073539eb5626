import type { Job, JobResult } from './job.ts'

/** More than three failures at once do not come from a busy machine. */
const MAX_AGAIN = 3

/**
 * Runs files again alone that failed beside others. Files that share two cores can delay each other, but a real
 * fault also fails alone. Both outputs are shown, and a note names what passed only alone. The second result
 * counts.
 */
export const runAgainAlone = async (
  results: readonly JobResult[],
  jobs: readonly Job[],
  options: {
    signal: AbortSignal
    run: (job: Job, signal: AbortSignal) => Promise<JobResult>
    onEnd: (result: JobResult) => void
  },
): Promise<JobResult[]> => {
  const { signal, run, onEnd } = options
  const failed = results.filter(({ name, isGood }) => !isGood && isBeside(name, jobs))
  if (failed.length > MAX_AGAIN) return [...results]
  const latest = new Map(results.map((result) => [result.name, result]))
  for (const { name, failures } of failed) {
    const job = jobs.find((one) => one.name === name)
    if (!job || signal.aborted) continue
    const again = await run(job, signal)
    const notes = again.isGood ? [...again.notes, passedAlone(failures)] : again.notes
    latest.set(name, { ...again, notes })
    onEnd({ ...again, notes })
  }
  return [...latest.values()]
}

const isBeside = (name: string, jobs: readonly Job[]): boolean =>
  jobs.some((job) => job.name === name && job.stage === 'beside') && jobs.length > 1

const passedAlone = (failures: readonly string[]): string =>
  `It failed beside others and passed alone. What failed then:\n${failures.join('\n')}`
