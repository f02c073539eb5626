import { appendFileSync } from 'node:fs'
import * as v from 'valibot'
import { expect, type RunnerTestCase, type RunnerTestSuite, test } from 'vitest'
import { sentencesIn } from './sentences-in.ts'

/** The parts of docs/faults.md, in its order. */
export const SECTIONS = [
  'A start that fails',
  'Images that are pulled ahead',
  'A server that runs',
  'Starts that race',
  'The Engine is killed or slow',
  'Several managers',
  'As the hub sees it',
  'Clean-up',
  'Load',
  'Too much input',
] as const
type Section = (typeof SECTIONS)[number]

/** One row of docs/faults.md: what was broken, and what was then seen. */
export const FaultRow = v.object({
  section: v.picklist(SECTIONS),
  fault: v.string(),
  /** What the caller gets. */
  answer: v.string(),
  /** What a student reads of it: the `user_message` of the answer; empty if there is none. */
  user_message: v.string(),
  /** From the fault to that answer. */
  seconds: v.number(),
  /** What is left behind in the Swarm. */
  left: v.string(),
  /** The file of its test, and which one of that file's tests it is: rows of several processes come in any order. */
  file: v.string(),
  nth: v.number(),
})
export type FaultRow = v.InferOutput<typeof FaultRow>

export type Seen = Pick<FaultRow, 'answer' | 'seconds' | 'left'> & {
  /** Undefined: the sentences for what the answer tells in short words. */
  user_message?: string | undefined
}

/**
 * A test that is a row of docs/faults.md: `run` breaks something, expects, and says what it saw, in words that are the
 * same in each run. `withinS` is asserted: how long the answer may take, in seconds.
 */
export const fault = (
  section: Section,
  name: string,
  { withinS, timeoutMs = 120_000 }: { withinS: number; timeoutMs?: number },
  run: () => Promise<Seen>,
): void => {
  test(
    name,
    async ({ task }) => {
      const { answer, seconds, left, user_message = sentencesIn(answer) } = await run()
      expect(seconds, 'seconds until the answer').toBeLessThanOrEqual(withinS)
      record({ section, fault: name, answer, user_message, seconds, left, ...placeOf(task) })
    },
    timeoutMs,
  )
}

const placeOf = (task: Readonly<RunnerTestCase>): Pick<FaultRow, 'file' | 'nth'> => ({
  file: task.file.name,
  nth: testsOf(task.file).indexOf(task.id),
})

const testsOf = ({ tasks }: RunnerTestSuite): string[] =>
  tasks.flatMap((task) => (task.type === 'suite' ? testsOf(task) : task.id))

/** `npm run faults` and `npm test` name a file that gathers the rows of all test files. */
const record = (row: FaultRow): void => {
  const file = process.env['SWARMSPAWNER_FAULT_ROWS']
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`)
}

/** Runs something and says how many seconds it took. */
export const timed = async <T>(run: () => Promise<T>): Promise<{ value: T; seconds: number }> => {
  const begun = performance.now()
  const value = await run()
  return { value, seconds: (performance.now() - begun) / 1000 }
}
