import { expect, test } from 'vitest'
import { keepAnswers } from '../../../src/spawner/engine/keep-answers.ts'

const createAsker = (tookMs = 0) => {
  let now = 0
  const asked: string[] = []
  const ask = keepAnswers(
    async (key) => {
      asked.push(key)
      now += tookMs
      if (key === 'bad') throw new Error('no')
      return `${key} ${asked.length}`
    },
    () => now,
  )
  const pass = (ms: number) => {
    now += ms
  }
  return { ask, asked, pass }
}

test('those who ask within five seconds share an answer, by key', async () => {
  const { ask, asked, pass } = createAsker()
  expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual(['a 1', 'a 1', 'b 2'])
  pass(4999)
  expect(await ask('a')).toBe('a 1')
  pass(1)
  expect(await ask('a')).toBe('a 3')
  expect(asked).toEqual(['a', 'b', 'a'])
})

test('a failure is kept as long, and no longer', async () => {
  const { ask, asked, pass } = createAsker()
  await expect(ask('bad')).rejects.toThrow('no')
  await expect(ask('bad')).rejects.toThrow('no')
  expect(asked).toHaveLength(1)
  pass(5000)
  await expect(ask('bad')).rejects.toThrow('no')
  expect(asked).toHaveLength(2)
})

test('what takes long to ask is asked less often', async () => {
  const { ask, asked, pass } = createAsker(2000)
  await ask('a')
  pass(19_999)
  await ask('a')
  expect(asked).toHaveLength(1)
  pass(1)
  await ask('a')
  expect(asked).toHaveLength(2)
})

test('keys have a bound', async () => {
  const { ask, asked } = createAsker()
  for (let number = 0; number <= 1000; number++) await ask(String(number))
  await ask('0')
  expect(asked).toHaveLength(1002)
})
