import { describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { expectSentence } from '../support/student-sentence.ts'
import { ask, createTestService } from '../support/test-hub.ts'

/** How much faster than ours the clock of the service and of the Engine goes. */
const SPEED = 10
const busy = 'no suitable node (insufficient resources on 1 node)'
const told = (limit: string) =>
  `The cluster is full. Your server starts as soon as there is room. Please wait: this start goes on for ${limit} in all.`

const openWorld = () => {
  const begun = performance.now()
  const now = () => Date.parse('2026-11-28T10:00:00Z') + (performance.now() - begun) * SPEED
  const engine = createEmbeddedEngine({ now, memoryBytes: 2 ** 30 })
  const service = createTestService(createSpawner(engine.transport, { now }))
  const server = { username: 'alice', server_name: '' }
  const container_spec = { image: 'scenario/insufficient-resources:1' }
  const config = { container_spec, networks: ['jupyterhub'] }
  const say = (verb: string, data: object) =>
    ask(service, verb, { server, ...data }, { now: now() })
  return {
    start: ({ config: more = {}, ...data }: { config?: object } & Record<string, unknown> = {}) =>
      say('start', { spawn_id: 'a', issued_at: 1, config: { ...config, ...more }, ...data }),
    poll: () => say('poll', {}),
  }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms / SPEED))
const messagesOf = ({ events }: { events: readonly { message: string }[] }) =>
  events.map(({ message }) => message)

describe.concurrent('a cluster that is full', () => {
  test('is told by a poll in plain words, with the length of the whole wait', async () => {
    const { start, poll } = openWorld()
    await start({ wait_s: 0, start_timeout: 240 })
    await pause(1000)
    expect(messagesOf(await poll()).at(-1)).toBe('Waiting for room on a node')
    await pause(6000)
    const state = await poll()
    expect(state).toMatchObject({
      state: 'starting',
      status: null,
      reason: busy,
      user_message: told('4 minutes'),
    })
    expect(state.advice).toContain('add a node')
    expect(messagesOf(state)).toEqual([
      'Service created',
      'Waiting for room on a node',
      told('4 minutes'),
    ])
    expectSentence(state.user_message)
    expect(state.timeout_message).toMatch(
      /^All computers of this system are busy\. Please try again/,
    )
  })

  test('is told by a start, which ends with the words of the Engine', async () => {
    const { start } = openWorld()
    const state = await start({ start_timeout: 9 })
    expect(messagesOf(state)).toContain(told('9 seconds'))
    expect(state).toMatchObject({ state: 'failed', reason: `Not running within 9 s: ${busy}` })
    expectSentence(state.user_message)
    expect(state.user_message).not.toContain('Please wait')
  })

  test('is not what a server is told that is larger than every node', async () => {
    const { start } = openWorld()
    const config = { resource_spec: { mem_reservation: 2 ** 31 } }
    const state = await start({ config, start_timeout: 60 })
    expect(state).toMatchObject({ state: 'failed', reason: busy })
    expect(messagesOf(state)).toEqual(['Service created', 'Waiting for room on a node'])
  })
})
