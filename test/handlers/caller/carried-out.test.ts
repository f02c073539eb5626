import { expect, test } from 'vitest'
import { createCarriedOut, digestOfCall } from '../../../handlers/caller/carried-out.ts'

test('a call is remembered for as long as its signature may be good', () => {
  let now = 0
  const carriedOut = createCarriedOut(() => now)
  carriedOut.add('a')
  now = 599_999
  expect([carriedOut.has('a'), carriedOut.has('b')]).toEqual([true, false])
  now = 600_000
  carriedOut.add('b')
  expect([carriedOut.has('a'), carriedOut.has('b')]).toEqual([false, true])
})

test('a call is told from others by what is signed of it, and not by its signatures', () => {
  const headers = (more: object) =>
    new Headers({
      'webhook-id': 'a',
      'webhook-timestamp': '1',
      'webhook-signature': 'v1,x',
      ...more,
    })
  const digest = digestOfCall(headers({}), '{}')
  expect(digestOfCall(headers({ 'webhook-signature': 'v1,y v1,x' }), '{}')).toBe(digest)
  for (const other of [{ 'webhook-id': 'b' }, { 'webhook-timestamp': '2' }])
    expect(digestOfCall(headers(other), '{}')).not.toBe(digest)
  expect(digestOfCall(headers({}), '{ }')).not.toBe(digest)
})
