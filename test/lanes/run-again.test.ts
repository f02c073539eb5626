import { expect, test } from 'vitest'
import type { Job, JobResult } from './job.ts'
import { runAgainAlone } from './run-again.ts'

const resultOf = (name: string, isGood: boolean): JobResult => ({
  ...{ name, isGood, passed: 1, failed: isGood ? 0 : 1, skipped: 0, seconds: 1 },
  ...{ output: '', notes: [], failures: isGood ? [] : [`${name}: too late`] },
})
const jobOf = (name: string, stage: Job['stage'] = 'beside'): Job => ({
  ...{ name, stage, width: 1, seconds: 1, command: [], needsLab: true },
  readOutcome: () => resultOf(name, true),
})

/** Runs again what failed; `alone` says how each job ends then. */
const again = async (first: readonly JobResult[], jobs: readonly Job[], alone: boolean) => {
  const ran: string[] = []
  const run = async (job: Job) => {
    ran.push(job.name)
    return resultOf(job.name, alone)
  }
  const shown: JobResult[] = []
  const onEnd = (result: JobResult) => void shown.push(result)
  const { signal } = new AbortController()
  return { results: await runAgainAlone(first, jobs, { signal, run, onEnd }), ran, shown }
}

const jobs = ['a', 'b', 'c', 'd', 'e'].map((name) => jobOf(name))

test('a file that failed beside others and passes alone is good, and what failed is noted', async () => {
  const { results, ran, shown } = await again(
    [resultOf('a', true), resultOf('b', false)],
    jobs,
    true,
  )
  expect(ran).toEqual(['b'])
  expect(results.map(({ name, isGood }) => [name, isGood])).toEqual([
    ['a', true],
    ['b', true],
  ])
  expect(shown[0]?.notes).toEqual([expect.stringContaining('b: too late')])
})

test('a file that fails alone as well stays failed', async () => {
  const { results } = await again([resultOf('b', false)], jobs, false)
  expect(results).toEqual([expect.objectContaining({ name: 'b', isGood: false })])
})

test.each([
  ['four failures at once', ['a', 'b', 'c', 'd'].map((name) => resultOf(name, false)), jobs],
  ['a file that ran alone', [resultOf('z', false)], [...jobs, jobOf('z', 'alone')]],
  ['the unit suite', [resultOf('u', false)], [...jobs, jobOf('u', 'first')]],
  ['the only job of a run', [resultOf('a', false)], [jobOf('a')]],
])('nothing runs again after %s', async (_, first, all) => {
  const { results, ran } = await again(first, all, true)
  expect(ran).toEqual([])
  expect(results).toEqual(first)
})
