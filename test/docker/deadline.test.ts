import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { withDeadline, withDeadlineForHeaders } from '../../src/docker/deadline.ts'

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe.each([
  ['withDeadline', withDeadline],
  ['withDeadlineForHeaders', withDeadlineForHeaders],
])('%s', (_, limited) => {
  test('work that takes too long ends with a timeout that tells the limit', async () => {
    const work = limited({ timeoutMs: 20 }, 'GET /x', untilAborted)
    await expect(work).rejects.toMatchObject({
      code: 'timeout',
      message: 'GET /x: no answer within 0.02 s',
    })
  })

  test("an abort ends the work with the caller's reason", async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const work = limited({ signal: controller.signal }, 'GET /x', untilAborted)
    controller.abort(reason)
    await expect(work).rejects.toBe(reason)
  })

  test('the answer or error of the work comes through a deadline', async () => {
    expect(await limited({}, 'GET /x', async () => 7)).toBe(7)
    const failure = new Error('its own')
    await expect(limited({}, 'GET /x', () => Promise.reject(failure))).rejects.toBe(failure)
  })

  test('nothing is left waiting once the work is done', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await limited({ timeoutMs: 60_000 }, 'GET /x', async () => {})
    expect(timers()).toBe(before)
  })
})

test('an aborted signal keeps the work from beginning, and leaves nothing waiting', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  let began = false
  const work = withDeadline({ signal: AbortSignal.abort('enough') }, 'GET /x', async () => {
    began = true
  })
  await expect(work).rejects.toBe('enough')
  expect(began).toBe(false)
  expect(timers()).toBe(before)
})

test('a stream may take its time after the headers, and still follows the caller', async () => {
  const controller = new AbortController()
  const options = { signal: controller.signal, timeoutMs: 20 }
  const signal = await withDeadlineForHeaders(options, 'GET /x', async (given) => given)
  await sleep(40)
  expect(signal.aborted).toBe(false)
  controller.abort('enough')
  expect(signal.reason).toBe('enough')
})
