import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLimited } from '../src/read-limited.ts'
import { anyCuts, cutAt } from './support/chunks.ts'

const bodyOf = (bytes: Uint8Array, places: readonly number[]): Response =>
  new Response(ReadableStream.from(cutAt(bytes, places)))

test('a body is read as text, however it is cut', async () => {
  const bytes = new TextEncoder().encode('naïve €uro 😀')
  await fc.assert(
    fc.asyncProperty(anyCuts(bytes.length), async (places) => {
      expect(await readLimited(bodyOf(bytes, places), bytes.length)).toBe('naïve €uro 😀')
      expect(await readLimited(bodyOf(bytes, places), bytes.length - 1)).toBe(undefined)
    }),
  )
})

test('no body is an empty text', async () => {
  expect(await readLimited(new Response(), 0)).toBe('')
})

test('a body that is too long is read no further, and its sender is told', async () => {
  let [sent, cancelled] = [0, 0]
  const body = new ReadableStream({
    pull: (stream) => {
      sent += 1
      stream.enqueue(new Uint8Array(1000))
    },
    cancel: () => {
      cancelled += 1
    },
  })
  expect(await readLimited(new Response(body), 3000)).toBe(undefined)
  expect(cancelled).toBe(1)
  expect(sent).toBeLessThan(10)
})
