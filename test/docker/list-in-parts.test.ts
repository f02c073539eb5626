import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DockerError } from '../../src/docker/errors.ts'
import type { Filters } from '../../src/docker/filters.ts'
import { listInParts, wholeOf } from '../../src/docker/list-in-parts.ts'
import { swarmId } from '../../src/embedded/wire/stable-id.ts'

type Item = { id: string; name: string; size: number }

/** An Engine that answers lists up to a size; of one that is skimmed each item counts as 1. */
const engineOf = (items: readonly Item[], limit: number) => {
  const asked: Filters[] = []
  const ask = async (filters: Filters, isSkimmed: boolean): Promise<Item[]> => {
    asked.push(filters)
    const { id, name } = filters
    const meant = items.filter(
      (item) =>
        (id?.some((prefix) => item.id.startsWith(prefix)) ?? true) &&
        (name?.some((prefix) => `${item.name}.`.startsWith(prefix)) ?? true),
    )
    const size = meant.reduce((sum, item) => sum + (isSkimmed ? 1 : item.size), 0)
    if (size > limit) throw new DockerError('answer_too_large', 'GET /x: too large')
    return meant
  }
  return { ask, asked }
}

const anyItems = fc
  .array(fc.nat(20), { maxLength: 60 })
  .map((sizes) =>
    sizes.map((size, index): Item => ({ id: swarmId(`item ${index}`), name: `n${index}`, size })),
  )
const namesOf = (items: readonly Item[]) => items.map(({ name }) => name).sort()

test('everything is listed once, however large its items are', async () => {
  await fc.assert(
    fc.asyncProperty(anyItems, fc.integer({ min: 1, max: 100 }), async (items, limit) => {
      const { ask } = engineOf(items, limit)
      const byId = await listInParts(ask, [{ label: ['a'] }])
      expect(namesOf(wholeOf(byId))).toEqual(namesOf(items))
      const names = items.map(({ name }) => `${name}.`)
      const byName = await listInParts(ask, [{ name: names }])
      expect(namesOf(wholeOf(byName))).toEqual(namesOf(items))
    }),
  )
})

test('a list that fits into one answer is one call', async () => {
  const { ask, asked } = engineOf([{ id: 'a', name: 'a', size: 10 }], 10)
  await listInParts(ask, [{ label: ['a'] }])
  expect(asked).toEqual([{ label: ['a'] }])
})

test('a list that is a little too large is seven calls', async () => {
  const items = Array.from({ length: 40 }, (_, i) => ({
    id: swarmId(`${i}`),
    name: `n${i}`,
    size: 1,
  }))
  const { ask, asked } = engineOf(items, 30)
  await listInParts(ask, [{}])
  expect(asked).toHaveLength(7)
})

describe('an item that can not be read at all', () => {
  const tooLarge = { id: 'abcdefg', name: 'large', size: 1 }
  const small = Array.from({ length: 50 }, (_, i) => ({
    id: swarmId(`${i}`),
    name: `n${i}`,
    size: 1,
  }))
  const hidden = (isHidden: (filters: Filters) => boolean) => {
    const { ask } = engineOf([...small, tooLarge], 1000)
    return async (filters: Filters, isSkimmed: boolean) => {
      if (isHidden(filters)) throw new DockerError('answer_too_large', 'GET /x: too large')
      return ask(filters, isSkimmed)
    }
  }

  test('an item that cannot be read hides no other item, and is told by its name', async () => {
    const ask = hidden(({ name }) => name?.includes('large.') ?? false)
    const names = [...small, tooLarge].map(({ name }) => `${name}.`)
    const { items, unread } = await listInParts(ask, [{ name: names }])
    expect(namesOf(items)).toEqual(namesOf(small))
    expect(unread).toMatchObject([{ filters: { name: ['large.'] } }])
  })

  test('an item that cannot be read may be told by the beginning of its id', async () => {
    const ask = hidden(({ id }) => id?.some((prefix) => tooLarge.id.startsWith(prefix)) ?? true)
    const listing = await listInParts(ask, [{ label: ['a'] }])
    expect(namesOf(listing.items)).toEqual(namesOf(small))
    expect(listing.unread).toMatchObject([{ filters: { label: ['a'], id: ['ab'] } }])
    expect(() => wholeOf(listing)).toThrow('GET /x: too large')
  })
})

test('an Engine whose every answer is too large is asked a bounded number of times, and for a bounded time', async () => {
  let calls = 0
  const never = async (): Promise<Item[]> => {
    calls++
    throw new DockerError('answer_too_large', 'GET /x: too large')
  }
  const { items, unread } = await listInParts(never, [{}])
  expect(items).toEqual([])
  expect(unread.length).toBeGreaterThan(0)
  expect(calls).toBeLessThanOrEqual(2001)
  calls = 0
  const late = await listInParts(never, [{}], { patienceMs: -1 })
  expect(calls).toBe(1)
  expect(late.unread[0]?.error.message).toContain('too large to be read in parts')
})

test('an error other than too large ends the list', async () => {
  const gone = new DockerError('unreachable', 'gone')
  const ask = (): Promise<Item[]> => Promise.reject(gone)
  await expect(listInParts(ask, [{}])).rejects.toBe(gone)
})
