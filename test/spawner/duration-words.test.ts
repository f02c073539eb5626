import { expect, test } from 'vitest'
import { inWords } from '../../src/spawner/duration-words.ts'

const MINUTE = 60_000

test.each([
  [0, '0 minutes'],
  [MINUTE, '1 minute'],
  [119 * MINUTE, '119 minutes'],
  [120 * MINUTE, '2 hours'],
  [47 * 60 * MINUTE, '47 hours'],
  [49 * 60 * MINUTE, '2 days'],
  [-1, '0 minutes'],
])('%d ms are told as %s', (ms, words) => {
  expect(inWords(ms)).toBe(words)
})
