import { describe, expect, test } from 'vitest'
import type { Job, Outcome } from './job.ts'
import { judge, runJob } from './run-job.ts'

const good: Outcome = { passed: 2, failed: 0, skipped: 0, isGood: true, failures: [], notes: [] }
const jobOf = (readOutcome: () => Outcome): Pick<Job, 'name' | 'readOutcome'> => ({
  ...{ name: 'a.test.ts', readOutcome },
})
const reported = jobOf(() => good)
const silent = jobOf(() => {
  throw new Error('no report')
})
const ended = { code: 0, output: '', trouble: undefined }

describe('judge', () => {
  test('a job that reports and ends well is as it reports', () => {
    expect(judge(reported, ended)).toEqual(good)
  })

  test('a job that reports nothing has failed', () => {
    expect(judge(silent, ended)).toMatchObject({
      failed: 1,
      isGood: false,
      failures: ['a.test.ts: it ended with code 0, and reported nothing'],
    })
  })

  test('a job that reports that all is well, and ends badly, has failed', () => {
    expect(judge(reported, { ...ended, code: 1 })).toMatchObject({
      ...{ passed: 2, failed: 1, isGood: false },
      failures: ['a.test.ts: it ended with code 1; its output above says why'],
    })
  })

  test('a job whose failures are told needs no sentence more', () => {
    const failed = { ...good, failed: 1, isGood: false, failures: ['a test'] }
    expect(
      judge(
        jobOf(() => failed),
        { ...ended, code: 1 },
      ),
    ).toEqual(failed)
  })

  test('a job that had to be ended has failed, whatever it reported', () => {
    const trouble = 'it did not end within 900 s'
    expect(judge(reported, { ...ended, trouble })).toMatchObject({
      ...{ passed: 2, failed: 1, isGood: false, failures: [`a.test.ts: ${trouble}`] },
    })
  })
})

test('a job runs its command, and says what that printed and how long it took', async () => {
  const command = [process.execPath, '-e', 'console.log("said"); console.error("and complained")']
  const stage = 'beside'
  const job = { ...reported, stage, width: 1, seconds: 1, needsLab: false, command } as const
  const result = await runJob(job, new AbortController().signal)
  expect(result).toMatchObject({ name: 'a.test.ts', output: 'said\nand complained\n', passed: 2 })
  expect(result.seconds).toBeGreaterThan(0)
})
