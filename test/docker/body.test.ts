import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { brokenOff, readText } from '../../src/docker/body.ts'
import { anyCuts, broken, cutAt } from '../support/chunks.ts'

const answer = (body: AsyncIterable<Uint8Array>) => ({ status: 200, header: () => undefined, body })
const { signal } = new AbortController()

test('a text is the same in any pieces', async () => {
  const withCuts = fc
    .string({ unit: 'grapheme' })
    .chain((text) => fc.tuple(fc.constant(text), anyCuts(Buffer.byteLength(text))))
  await fc.assert(
    fc.asyncProperty(withCuts, async ([text, cuts]) => {
      const body = cutAt(Buffer.from(text), cuts)
      expect(await readText(answer(body), 'GET /x', signal)).toBe(text)
    }),
  )
})

test('a body may be as long as the limit', async () => {
  const body = () => answer(cutAt(Buffer.from('12345678'), [3]))
  expect(await readText(body(), 'GET /x', signal, 8)).toBe('12345678')
  await expect(readText(body(), 'GET /x', signal, 7)).rejects.toMatchObject({
    code: 'answer_too_large',
    message: 'GET /x: the answer is longer than 7 bytes',
  })
})

test('a body without end is left after 32 MiB, and closed', async () => {
  const chunk = new Uint8Array(1024 * 1024)
  let sent = 0
  let isClosed = false
  async function* endless() {
    try {
      for (;;) {
        sent++
        yield chunk
      }
    } finally {
      isClosed = true
    }
  }
  await expect(readText(answer(endless()), 'GET /x', signal)).rejects.toMatchObject({
    code: 'answer_too_large',
  })
  expect(sent).toBe(33)
  expect(isClosed).toBe(true)
})

test('a body that breaks off is a lost connection', async () => {
  const cause = new Error('other side closed')
  const body = broken([Buffer.from('{"ID":')], cause)
  await expect(readText(answer(body), 'GET /x', signal)).rejects.toMatchObject({
    code: 'connection_lost',
    message: 'GET /x: the connection broke in the middle of the answer',
    cause,
  })
})

test("a body that the caller broke off ends with the caller's reason, whatever that is", () => {
  expect(brokenOff('GET /x', AbortSignal.abort('enough'), new Error('aborted'))).toBe('enough')
})
