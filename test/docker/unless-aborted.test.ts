import { expect, test } from 'vitest'
import { unlessAborted } from '../../src/docker/unless-aborted.ts'

test("work that fails after its caller has left is nobody's error", async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const work = Promise.reject(new Error('of the work'))
  await expect(unlessAborted(work, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  await new Promise((resolve) => setTimeout(resolve, 0))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
