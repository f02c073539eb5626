import type { Job, JobResult, Outcome } from './job.ts'
import { type ProcessEnd, runProcess } from './run-process.ts'

/** 15 minutes, or three times the last duration: a generous limit, because the machine may be busy. */
const LIMIT_MS = 15 * 60_000

/** Runs a job to its end. A job that crashes, hangs or reports nothing has failed; a sentence says which. */
export const runJob = async (job: Job, signal: AbortSignal): Promise<JobResult> => {
  const begun = performance.now()
  const end = await runProcess({
    command: job.command,
    limitMs: Math.max(LIMIT_MS, job.seconds * 3000),
    signal,
  })
  const seconds = (performance.now() - begun) / 1000
  return { name: job.name, seconds, output: end.output, ...judge(job, end) }
}

const NOTHING: Outcome = { passed: 0, failed: 0, skipped: 0, isGood: true, failures: [], notes: [] }

/** The result from a job's report. If the report does not explain how the process ended, it adds a sentence. */
export const judge = (
  job: Pick<Job, 'name' | 'readOutcome'>,
  { output, code, trouble }: ProcessEnd,
): Outcome => {
  const outcome = read(job, output)
  if (trouble) return bad(outcome ?? NOTHING, `${job.name}: ${trouble}`)
  if (!outcome) return bad(NOTHING, `${job.name}: it ended with code ${code}, and reported nothing`)
  const isGood = outcome.isGood && code === 0
  if (isGood || outcome.failures.length > 0) return { ...outcome, isGood }
  return bad(outcome, `${job.name}: it ended with code ${code}; its output above says why`)
}

const bad = (outcome: Outcome, why: string): Outcome => ({
  ...outcome,
  failed: Math.max(1, outcome.failed),
  isGood: false,
  failures: [...outcome.failures, why],
})

const read = (job: Pick<Job, 'readOutcome'>, output: string): Outcome | undefined => {
  try {
    return job.readOutcome(output)
  } catch {
    return undefined
  }
}
