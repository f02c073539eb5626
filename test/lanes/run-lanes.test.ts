import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Job, JobResult, Stage } from './job.ts'
import { runLanes } from './run-lanes.ts'

const good = { passed: 1, failed: 0, skipped: 0, isGood: true, failures: [], notes: [] }
const jobOf = (name: string, seconds: number, stage: Stage): Job => ({
  ...{ name, seconds, stage, width: 1, command: [], needsLab: false, readOutcome: () => good },
})
const jobs = [
  jobOf('timed', 9, 'alone'),
  jobOf('quick', 1, 'beside'),
  jobOf('slow', 5, 'beside'),
  jobOf('middle', 3, 'beside'),
  jobOf('unit', 2, 'first'),
]

type Asked = { of?: readonly Job[]; stopAfter?: string; labAt?: number }

/** Runs the jobs by a clock of our own, and says what began and ended. The lab is prepared at `labAt`. */
const runAll = async ({ of = jobs, stopAfter, labAt = 0 }: Asked = {}) => {
  const [said, stopping]: [string[], AbortController] = [[], new AbortController()]
  const { promise: lab, resolve } = Promise.withResolvers<void>()
  const ends: { at: number; end: () => void }[] = [{ at: labAt, end: resolve }]
  let now = 0
  const run = async ({ name, seconds }: Job): Promise<JobResult> => {
    said.push(`${name} begins`)
    await new Promise<void>((end) => ends.push({ at: now + seconds, end }))
    if (name === stopAfter) stopping.abort()
    return { ...good, name, seconds, output: '' }
  }
  const onEnd = ({ name }: JobResult, waiting: readonly Job[]) =>
    said.push(`${name} ends, ${waiting.length} wait`)
  const running = runLanes(of, { lanes: 2, signal: stopping.signal, lab, run, onEnd })
  // What can begin has begun by the next turn of the loop; then the clock goes on to the next end.
  for (;;) {
    await setImmediate()
    const [next] = ends.sort((a, b) => a.at - b.at).splice(0, 1)
    if (!next) break
    now = next.at
    next.end()
  }
  return { said, names: (await running).map(({ name }) => name) }
}

test('the first job runs alone, then the slow ones first in all lanes, then what measures time', async () => {
  const { said, names } = await runAll()
  expect(said).toEqual([
    'unit begins',
    'unit ends, 4 wait',
    'slow begins',
    'middle begins',
    'middle ends, 2 wait',
    'quick begins',
    'quick ends, 1 wait',
    'slow ends, 1 wait',
    'timed begins',
    'timed ends, 0 wait',
  ])
  expect(names).toEqual(['unit', 'middle', 'quick', 'slow', 'timed'])
})

test('a run that is stopped starts no more jobs, and waits for those that run', async () => {
  expect((await runAll({ stopAfter: 'middle' })).names).toEqual(['unit', 'middle', 'slow'])
})

const engines = { ...jobOf('engines', 9, 'beside'), needsLab: true }
const measured = jobOf('measured', 1, 'alone')

test('jobs that need the lab take no lane until it is prepared, and what measures time waits for them', async () => {
  const of = [engines, measured, jobOf('slow', 5, 'beside')]
  expect((await runAll({ of, labAt: 7 })).said).toEqual([
    'slow begins',
    'slow ends, 2 wait',
    'engines begins',
    'engines ends, 1 wait',
    'measured begins',
    'measured ends, 0 wait',
  ])
})

test('a run that is stopped while the lab is prepared starts nothing that needs it', async () => {
  const of = [engines, jobOf('slow', 5, 'beside')]
  expect((await runAll({ of, labAt: 7, stopAfter: 'slow' })).names).toEqual(['slow'])
})

test('a job that cannot be run ends the run with its error', async () => {
  const run = () => Promise.reject(new Error('no room'))
  const signal = new AbortController().signal
  await expect(
    runLanes(jobs, { lanes: 2, signal, lab: Promise.resolve(), run, onEnd: () => {} }),
  ).rejects.toThrow('no room')
})
