/** The stages of a run. Each begins when all jobs of the stage before have ended. */
export const STAGES = ['first', 'beside', 'alone'] as const
export type Stage = (typeof STAGES)[number]

/**
 * The result of a job: how many tests passed, failed or were skipped, whether all is well, the failures with
 * their messages, and notes.
 */
export type Outcome = {
  passed: number
  failed: number
  skipped: number
  isGood: boolean
  failures: readonly string[]
  notes: readonly string[]
}

/** A process that runs tests: a file of them, or a suite. */
export type Job = {
  /** The name in the table and in durations.json: a path, or the name of a suite. */
  name: string
  stage: Stage
  /** The number of lanes that it takes. */
  width: number
  /** The seconds that it took when it was last measured. */
  seconds: number
  command: readonly string[]
  /** Whether it needs Engines and images, which must be fetched first. */
  needsLab: boolean
  /** Reads the process's report. `output` is what it printed. Throws if there is no report. */
  readOutcome: (output: string) => Outcome
}

/** The result of a job. */
export type JobResult = Outcome & { name: string; seconds: number; output: string }

/** The jobs of a run, and sentences about what this machine lacks for the others. */
export type AllJobs = { jobs: readonly Job[]; leftOut: readonly string[] }
