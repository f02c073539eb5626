import { expect, test } from 'vitest'
import { pickMeasures } from '../../bench/pick-measures.ts'

const measures = { 'call-time': 1, 'poll-time': 2, memory: 3 }

test('--only picks the measures with a word in their name; without --only all are picked', () => {
  expect(pickMeasures(measures, 'time').map(([name]) => name)).toEqual(['call-time', 'poll-time'])
  expect(pickMeasures(measures, '')).toHaveLength(3)
})

test('a word that no measure has is refused, with the names that there are', () => {
  expect(() => pickMeasures(measures, 'polls')).toThrow(
    '--only polls: no measure has that in its name; there are call-time, poll-time, memory',
  )
})
