import { describe, expect, test } from 'vitest'
import { readFixture } from '../../fixtures/fixture.ts'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import type { EmbeddedVersion } from '../../src/embedded/recordings.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { adviceOn } from '../../src/spawner/state/advice.ts'
import { expectSentence } from '../support/student-sentence.ts'
import { ask, createTestService } from '../support/test-hub.ts'

/** How much faster than ours the clock of the service and of the Engine goes. */
const SPEED = 10
const MINUTE = 60e9

/** A container as the Engine's own node has it, with this health check and these results. */
const containerWith = (Healthcheck: object | null, Log: object[] | null) => {
  const { json } = readFixture('28.5', 'container-inspect.200').response
  const { State, Config, ...container } = JSON.parse(JSON.stringify(json))
  const Health = Healthcheck && { Status: 'starting', FailingStreak: 0, Log }
  return {
    ...container,
    State: { ...State, ...(Health && { Health }) },
    Config: { ...Config, ...(Healthcheck && { Healthcheck }) },
  }
}

const openWorld = (container?: object, as: EmbeddedVersion = '28.5') => {
  const begun = performance.now()
  const now = () => Date.parse('2026-11-28T10:00:00Z') + (performance.now() - begun) * SPEED
  const engine = createEmbeddedEngine({ as, now })
  let inspected = 0
  const transport = fetchTransport('http://embedded', async (url, init) => {
    if (!/\/containers\/[^/]+\/json$/.test(new URL(String(url)).pathname))
      return engine.fetch(new Request(url, init))
    inspected++
    return container
      ? Response.json(container)
      : Response.json({ message: 'No such container' }, { status: 404 })
  })
  const service = createTestService(createSpawner(transport, { now }))
  const server = { username: 'alice', server_name: '' }
  const networks = ['jupyterhub']
  const container_spec = { image: 'lab/notebook:1' }
  const say = (verb: string, data: object) =>
    ask(service, verb, { server, ...data }, { now: now() })
  return {
    inspected: () => inspected,
    start: (healthcheck: object | undefined, data: object = {}) => {
      const config = { container_spec, networks, ...(healthcheck && { healthcheck }) }
      return say('start', { spawn_id: 'a', issued_at: 1, config, ...data })
    },
    poll: () => say('poll', {}),
  }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms / SPEED))
const first = (time: string) =>
  `Waiting for the health check: it runs for the first time ${time} after the start of the program`

describe.concurrent('a health check that runs late', () => {
  test('is told while the server waits, and is the reason when its time is over', async () => {
    const { start } = openWorld()
    const state = await start({ test: 'true', interval: '10m' }, { start_timeout: 8 })
    expect(state).toMatchObject({
      state: 'failed',
      reason: `Not running within 8 s: ${first('10 minutes')}`,
    })
    expect(state.events.at(-1)?.message).toBe(first('10 minutes'))
    expect(state.advice).toContain("{'interval': '5s'}")
    expect(state.advice).toContain("{'test': ['NONE']}")
    expectSentence(state.user_message)
  })

  test('is told by a poll, once and for all', async () => {
    const { start, poll } = openWorld()
    await start({ test: 'true', interval: '90s' }, { wait_s: 0 })
    await pause(4000)
    const state = await poll()
    expect(state).toMatchObject({ state: 'starting', status: null, reason: null })
    expect(state.events.at(-1)?.message).toBe(first('90 seconds'))
    await pause(3000)
    expect(await poll()).toEqual(state)
  })

  const image = { Test: ['CMD', 'true'], Interval: 10 * MINUTE }
  test.each([
    ['its own', image, null, first('10 minutes')],
    ['the default', { Test: ['CMD', 'true'] }, [], first('30 seconds')],
    [
      'a start period of',
      { ...image, StartPeriod: 2 * MINUTE, StartInterval: 3e9 },
      null,
      first('3 seconds'),
    ],
    ['a start period and the default of', { ...image, StartPeriod: 1e9 }, null, first('5 seconds')],
    [
      'failures and',
      image,
      [{ ExitCode: 1, Output: 'no' }],
      'Waiting for the health check, which has not passed yet: it runs every 10 minutes',
    ],
  ])("of an image is read on the Engine's own node: %s interval", async (_, check, log, told) => {
    const { start, poll, inspected } = openWorld(containerWith(check, log))
    // The embedded engine knows no image's check: this keeps the task waiting.
    await start({ test: 'true', interval: '20m' }, { wait_s: 0 })
    await pause(4000)
    const polls = await Promise.all(Array.from({ length: 20 }, poll))
    expect(polls.map(({ events }) => events.at(-1)?.message)).toEqual(polls.map(() => told))
    expect(inspected()).toBe(1)
  })

  test('is not made up for a container without one', async () => {
    const { start, poll } = openWorld(containerWith(null, null))
    await start({ test: 'true', interval: '20m' }, { wait_s: 0 })
    await pause(4000)
    expect((await poll()).events.at(-1)?.message).toMatch(/^Starting on /)
  })
})

test('a server that starts at once is not asked about its check', async () => {
  const { start, inspected } = openWorld()
  expect(await start(undefined)).toMatchObject({ state: 'running' })
  // Once, for whether it has just exited.
  expect(inspected()).toBeLessThanOrEqual(1)
})

test('each of the words about a check has the advice', () => {
  for (const words of [
    first('1 second'),
    'Waiting for the health check of the image, if it has one',
  ])
    expect(adviceOn(words)).toContain('healthcheck')
})
