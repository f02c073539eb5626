import { expect, test } from 'vitest'
import { createTurns, withTurn } from '../../src/docker/turns.ts'

const { signal } = new AbortController()

test('one caller has the turn, the others wait in the order of asking', async () => {
  const turns = createTurns()
  const told: string[] = []
  const giveBack = await turns(signal)
  const others = ['a', 'b'].map(async (name) => {
    const back = await turns(signal)
    told.push(name)
    back()
  })
  await Promise.resolve()
  expect(told).toEqual([])
  giveBack()
  await Promise.all(others)
  expect(told).toEqual(['a', 'b'])
})

test('a caller who leaves while waiting holds up nobody', async () => {
  const turns = createTurns()
  const giveBack = await turns(signal)
  const leaving = new AbortController()
  const left = turns(leaving.signal)
  const next = turns(signal)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  giveBack()
  ;(await next)()
})

test('a turn is given back when the work fails, and not taken by work that needs none', async () => {
  const turns = createTurns()
  const failing = withTurn(turns, signal, async (takeTurn) => {
    await takeTurn()
    throw new Error('failed')
  })
  await expect(failing).rejects.toThrow('failed')
  const giveBack = await turns(signal)
  expect(await withTurn(turns, signal, async () => 'done')).toBe('done')
  giveBack()
})
