import { expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ask, createTestService } from '../support/test-hub.ts'

/** How much faster than ours the clock of the service and of the Engine goes. */
const SPEED = 10

const openWorld = (image: string) => {
  const begun = performance.now()
  const now = () => Date.parse('2026-11-28T10:00:00Z') + (performance.now() - begun) * SPEED
  const engine = createEmbeddedEngine({ now, nodes: 2 })
  const service = createTestService(createSpawner(engine.transport, { now }))
  const config = { container_spec: { image }, networks: ['jupyterhub'] }
  const server = { username: 'alice', server_name: '' }
  const say = (verb: string, data: object) =>
    ask(service, verb, { server, ...data }, { now: now() })
  return {
    start: (wait_s: number) => say('start', { spawn_id: 'a', issued_at: 1, config, wait_s }),
    poll: () => say('poll', {}),
  }
}
const stillPreparing = /^Still preparing on \S+, for \d+ seconds now: it downloads the image/

test('a poll tells a hub on which node a server is prepared, and for how long', async () => {
  const { start, poll } = openWorld('scenario/pull-forever:1')
  await start(0)
  const messages = async () => (await poll()).events.map(({ message }) => message)
  await expect.poll(async () => (await messages()).at(-1)).toMatch(stillPreparing)
  expect((await messages()).at(-2)).toMatch(/^Preparing on /)
})

test('a start that downloads says at its end how long that took', async () => {
  const { start } = openWorld('scenario/slow-pull:1')
  const { state, events } = await start(60)
  expect(state).toBe('running')
  const lengths = events.flatMap(
    ({ message }) => /\(preparing took (\d+) seconds\)$/.exec(message) ?? [],
  )
  expect(lengths).toHaveLength(2)
  expect(Number(lengths[1])).toBeGreaterThanOrEqual(4)
})
