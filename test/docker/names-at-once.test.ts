import { expect, test } from 'vitest'
import { createNamesAtOnce } from '../../src/docker/names-at-once.ts'

test('fewer names are asked for after an answer was too large, for five minutes', () => {
  let now = 0
  const names = createNamesAtOnce(() => now)
  expect(names.count()).toBe(200)
  names.wereTooMany(200)
  expect(names.count()).toBe(100)
  names.wereTooMany(100)
  names.wereTooMany(17)
  expect(names.count()).toBe(20)
  now = 299_999
  expect(names.count()).toBe(20)
  now = 300_000
  expect(names.count()).toBe(200)
})

test('a name whose answer alone is too large does not make all others be asked for one by one', () => {
  const names = createNamesAtOnce()
  for (const count of [200, 34, 6, 1]) names.wereTooMany(count)
  expect(names.count()).toBe(20)
})
