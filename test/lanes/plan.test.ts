import { describe, expect, test } from 'vitest'
import type { Stage } from './job.ts'
import { inOrder, inWords, lanesOf, nextJob, type Planned, secondsOf } from './plan.ts'

const job = (name: string, seconds: number, stage: Stage = 'beside', width = 1): Planned => ({
  ...{ name, seconds, stage, width },
})
const [unit, slow, quick] = [job('unit', 70, 'first'), job('slow', 300), job('quick', 10)]
const timed = job('timed', 80, 'alone')

describe('lanesOf', () => {
  test.each([
    ['two cores with much memory share six', 2, 24, 6],
    ['many cores have eight at most', 32, 256, 8],
    ['little memory is for few', 8, 8, 3],
    ['there is always one', 1, 1, 1],
    ['one core has three', 1, 24, 3],
  ])('lanesOf: %s', (_, cores, gigabytes, lanes) => {
    expect(lanesOf({ cores, memoryBytes: gigabytes * 2 ** 30 })).toBe(lanes)
  })
})

test('slow jobs come first, and jobs of one duration by their names', () => {
  const jobs = [quick, job('b', 50), job('a', 50), slow]
  expect(inOrder(jobs).map(({ name }) => name)).toEqual(['slow', 'a', 'b', 'quick'])
})

describe('nextJob', () => {
  test('nextJob starts what comes first alone', () => {
    expect(nextJob([timed, slow, unit], [], 4)).toBe(unit)
    expect(nextJob([timed, slow], [unit], 4)).toBe(undefined)
  })

  test('nextJob fills the lanes, and no more', () => {
    expect(nextJob([quick, slow], [], 2)).toBe(slow)
    expect(nextJob([quick], [slow], 2)).toBe(quick)
    expect(nextJob([quick], [slow], 1)).toBe(undefined)
  })

  test('nextJob lets two light jobs share a lane', () => {
    const [one, other] = [job('one', 20, 'beside', 0.5), job('other', 20, 'beside', 0.5)]
    expect(nextJob([other], [slow, one], 2)).toBe(other)
    expect(nextJob([quick], [slow, one], 2)).toBe(undefined)
  })

  test('nextJob starts what measures time when nothing else is left, one by one', () => {
    expect(nextJob([timed], [quick], 4)).toBe(undefined)
    expect(nextJob([timed], [], 4)).toBe(timed)
    expect(nextJob([timed], [job('other', 1, 'alone')], 4)).toBe(undefined)
  })

  test('nextJob has nothing if nothing waits', () => {
    expect(nextJob([], [slow], 4)).toBe(undefined)
  })
})

describe('secondsOf', () => {
  test('secondsOf is the slowest of jobs side by side', () => {
    expect(secondsOf([slow, quick], 2)).toBe(300)
  })

  test('secondsOf is the sum of jobs in one lane', () => {
    expect(secondsOf([unit, slow, quick, timed], 1)).toBe(460)
  })

  test('secondsOf adds what runs alone', () => {
    expect(secondsOf([unit, slow, quick, timed], 4)).toBe(70 + 300 + 80)
  })

  test('secondsOf is nothing for no jobs', () => {
    expect(secondsOf([], 4)).toBe(0)
  })
})

test('the job that comes next is said in a sentence, in minutes', () => {
  expect(inWords([slow, quick, timed], 4)).toBe(
    'Next: 2 files and suites in 4 lanes, the slowest first, then 1 alone, since it measures time: about 6 min.',
  )
  expect(inWords([quick], 4)).toBe(
    'Next: 1 file or suite in 4 lanes, the slowest first: about 1 min.',
  )
})
