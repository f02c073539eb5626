import { describe, expect, test } from 'vitest'
import { withWaitLimit } from '../../../handlers/every-call/wait-limit.ts'
import { openEmbeddedWorld } from '../../live/embedded-world.ts'
import { ask } from '../../support/test-hub.ts'

const never = new AbortController().signal
const aborted = (signal: AbortSignal) =>
  new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason.name), { once: true })
  })

describe('enough', () => {
  test('enough comes when the time is up', async () => {
    expect(await withWaitLimit({ seconds: 0.01, shutdown: never }, aborted)).toBe('TimeoutError')
  })

  test('enough comes when the process is about to stop', async () => {
    const shutdown = new AbortController()
    const waiting = withWaitLimit({ seconds: 60, shutdown: shutdown.signal }, aborted)
    shutdown.abort()
    expect(await waiting).toBe('TimeoutError')
    const late = withWaitLimit(
      { seconds: 60, shutdown: shutdown.signal },
      async ({ aborted }) => aborted,
    )
    expect(await late).toBe(true)
  })

  test('enough does not come to work that has ended', async () => {
    let signal = never
    await withWaitLimit({ seconds: 0.01, shutdown: never }, async (enough) => {
      signal = enough
    })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(signal.aborted).toBe(false)
  })

  test('enough comes to each of many starts, whatever the garbage collector does', async () => {
    const world = await openEmbeddedWorld()
    const config = {
      container_spec: { image: 'scenario/notebook:1' },
      placement: ['node.labels.gpu==yes'],
    }
    const start = (username: string) =>
      ask(world.service, 'start', { server: { username }, config, wait_s: 0 })
    const names = Array.from({ length: 40 }, (_, index) => `user-${index}`)
    const states = []
    for (let round = 0; round < 20; round++)
      states.push(...(await Promise.all(names.map((name) => start(`${name}-${round}`)))))
    await world.close()
    // One that waits on is told after 4 s that no node fits.
    expect(states.filter(({ state }) => state !== 'starting')).toEqual([])
  })
})
