/** A run goes through these stages; each begins when all jobs of the one before have ended. */
export const STAGES = ['first', 'beside', 'alone'] as const
export type Stage = (typeof STAGES)[number]

/** How many tests did what, whether that is all well, the failed ones with their messages, and what else to say. */
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
  /** As in the table and in durations.json: a path, or what the suite is called. */
  name: string
  stage: Stage
  /** How many lanes it takes. */
  width: number
  /** How long it took when it was last measured. */
  seconds: number
  command: readonly string[]
  /** Whether it needs Engines and images, which have to be fetched first. */
  needsLab: boolean
  /** What the process has reported, given what it has printed; throws where it reported nothing. */
  readOutcome: (output: string) => Outcome
}

/** What became of a job. */
export type JobResult = Outcome & { name: string; seconds: number; output: string }
