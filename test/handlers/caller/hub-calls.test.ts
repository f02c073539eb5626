import { expect, test } from 'vitest'
import { createHubCalls } from '../../../handlers/caller/hub-calls.ts'

test('a hub has so many calls at once and no more, and other hubs have theirs', () => {
  const begin = createHubCalls({ maxCalls: 2 })
  const end = begin('a', 1)
  begin('a', 1)
  expect(() => begin('a', 1)).toThrow('2 calls of the hub "a" are being answered')
  begin('b', 1)
  end()
  begin('a', 1)
  expect(() => begin('a', 1)).toThrow(expect.objectContaining({ code: 'busy' }))
})

test('bodies of a hub are counted together until their calls are answered', () => {
  const begin = createHubCalls({ maxBytes: 100 })
  const end = begin('a', 60)
  expect(() => begin('a', 60)).toThrow(expect.objectContaining({ code: 'busy' }))
  begin('b', 60)
  end()
  begin('a', 60)
})
