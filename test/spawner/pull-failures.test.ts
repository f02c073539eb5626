import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import type { ImageStore } from '../../src/embedded/pull-scenarios.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { PULL_ADVICE, type PullFailure } from '../../src/spawner/state/pull-failure.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { sentenceOn } from '../../src/spawner/state/user-message.ts'
import { ask, createTestService, type TestService } from '../support/test-hub.ts'

const server = { username: 'alice', server_name: '' }
const SPEED = 20

/** Two copies of the service before one Engine 29.7, which is patient for half a second. */
const copiesOn = (imageStore: ImageStore = 'containerd', pullPatienceMs = 500) => {
  const engine = createEmbeddedEngine({ as: '29.7', imageStore, speed: SPEED })
  const copy = () => createTestService(createSpawner(engine.transport, { pullPatienceMs }))
  const call = async (method: string, path: string, body?: unknown) =>
    engine.fetch(
      new Request(`http://docker${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
  const services = async (): Promise<unknown> => (await call('GET', '/services')).json()
  return { one: copy(), other: copy(), call, services }
}

const start = (service: TestService, image: string, more: object = {}, config: object = {}) =>
  ask(service, 'start', {
    server,
    spawn_id: 'first',
    issued_at: 1,
    config: { container_spec: { image }, networks: ['jupyterhub'], ...config },
    ...more,
  })
const poll = (service: TestService) => ask(service, 'poll', { server })

/** Polls until the answer is as it should be. */
const pollUntil = async (
  service: TestService,
  isEnough: (state: ServerState) => boolean,
): Promise<ServerState> => {
  for (;;) {
    const state = await poll(service)
    if (isEnough(state)) return state
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const ROWS: readonly [image: string, state: 'preparing' | 'rejected', failure: PullFailure][] = [
  ['nowhere.example/registry-unknown:1', 'preparing', 'unreachable'],
  ['lab/hub-unreachable:1', 'preparing', 'unreachable'],
  ['127.0.0.1:5003/registry-silent:1', 'preparing', 'slow'],
  ['127.0.0.1:5999/registry-refused:1', 'rejected', 'unreachable'],
  ['127.0.0.1:5000/lab/image-missing:1', 'rejected', 'unknown_image'],
  ['127.0.0.1:5001/lab/registry-denied:1', 'rejected', 'no_access'],
]

describe.each(['containerd', 'overlay2'] as const)('Engine 29.7 with the store of %s', (store) => {
  test.concurrent.each(ROWS)(
    `with the store of ${store}, a start of %s fails as on older Engines`,
    async (image, state, failure) => {
      const { one, services } = copiesOn(store)
      const failed = await start(one, image)
      expect(failed).toMatchObject({
        state: 'failed',
        status: 1,
        url: null,
        task: { state, node: 'embedded' },
        reason: expect.stringMatching(/dial tcp|deadline|timeout|not found|no basic auth/),
        advice: PULL_ADVICE[failure],
        user_message: sentenceOn(failure),
      })
      expect(failed.log).toBeUndefined()
      const ofTasks = failed.events.filter(({ seq }) => !seq.endsWith(':image'))
      const told = ofTasks.filter(({ message }) => message.includes(failed.reason ?? '?'))
      expect(told).toHaveLength(1)
      expect(told[0]?.message).toMatch(/ (on|by) embedded\b/)
      expect(await services()).toEqual([])
    },
  )
})

test('a pull from an address that is no registry fails for its TLS', async () => {
  expect(await start(copiesOn().one, '127.0.0.1:5004/registry-odd:1')).toMatchObject({
    state: 'failed',
    status: 1,
    user_message: sentenceOn('certificate'),
  })
})

describe('a pull that is tried again for ever', () => {
  const image = 'lab/hub-unreachable:1'

  test('a pull that is tried again for ever is told at once, by poll and by start', async () => {
    const { one, other } = copiesOn('containerd', 60_000)
    const first = await start(one, image, { wait_s: 0 })
    expect(first).toMatchObject({ state: 'starting', reason: null })
    const begun = performance.now()
    const polled = await pollUntil(other, ({ reason }) => reason !== null)
    expect(performance.now() - begun).toBeLessThan(1000)
    const user_message = expect.stringMatching(/cannot be reached\. Please wait/)
    const told = { state: 'starting', status: null, user_message }
    expect(polled).toMatchObject({ ...told, reason: expect.stringContaining('dial tcp: lookup') })
    const again = await start(other, image, { wait_s: 0.3 })
    expect(again).toMatchObject({ ...told, reason: polled.reason, service_id: polled.service_id })
  })

  test('a pull that is tried again for ever comes to the same end in short requests to several copies', async () => {
    const { one, other, services } = copiesOn()
    const { service_id } = await start(one, image, { wait_s: 0 })
    await new Promise((resolve) => setTimeout(resolve, 700))
    const ended = await start(other, image, { wait_s: 0.3 })
    expect(ended).toMatchObject({
      state: 'failed',
      status: 1,
      service_id,
      task: { state: 'preparing' },
    })
    expect(await services()).toEqual([])
    expect(await poll(one)).toMatchObject({ state: expect.stringMatching(/absent|stopping/) })
  })

  test('a pull that is tried again for ever is not ended by polls before its time, and ended by one after it', async () => {
    const { one, services } = copiesOn('containerd', 1000)
    await start(one, image, { wait_s: 0 })
    const begun = performance.now()
    const ended = await pollUntil(one, ({ state }) => state !== 'starting')
    expect(performance.now() - begun).toBeGreaterThan(900)
    expect(ended).toMatchObject({
      state: 'failed',
      status: 1,
      reason: expect.stringContaining('dial'),
    })
    expect(await services()).toEqual([])
  })

  test('a pull that is tried again for ever does not make a clean stop look like a failure', async () => {
    const { one, other } = copiesOn('containerd', 60_000)
    await start(one, image, { wait_s: 0 })
    await pollUntil(one, ({ reason }) => reason !== null)
    const stopping = ask(one, 'stop', { server })
    const seen = await pollUntil(other, ({ state }) => state !== 'starting')
    for (const state of [seen, await stopping, await poll(other)]) {
      expect(state.reason).toBeNull()
      expect(state.advice).toBeNull()
      expect(state).not.toHaveProperty('user_message')
      expect(state.events.map(({ message }) => message).join()).not.toContain('dial tcp')
    }
  })
})

describe('under a restart policy', () => {
  const restarting = { restart_policy: { condition: 'any', delay: '9s' } }

  test.each(['lab/image-missing:1', 'lab/registry-denied:1', 'lab/registry-refused:1'])(
    'under a restart policy a start of %s fails with its first try, as on older Engines',
    async (image) => {
      const { one } = copiesOn()
      const failed = await start(one, image, {}, restarting)
      expect(failed).toMatchObject({ state: 'failed', status: 1 })
      // The second waits for its turn by then.
      const made = failed.events.filter(({ seq }) => seq.endsWith(':new'))
      expect(made.length).toBeLessThanOrEqual(2)
    },
  )

  test('under a restart policy a start gives up a pull that is tried again, and a poll alone never does', async () => {
    const { one, other } = copiesOn()
    await start(one, 'lab/hub-unreachable:1', { wait_s: 0 }, restarting)
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(await poll(other)).toMatchObject({ state: 'starting', status: null })
    const failed = await start(other, 'lab/hub-unreachable:1', { wait_s: 1 }, restarting)
    expect(failed).toMatchObject({ state: 'failed', status: 1 })
  })
})

const Found = v.object({
  Version: v.object({ Index: v.number() }),
  Spec: v.looseObject({ TaskTemplate: v.looseObject({ ContainerSpec: v.looseObject({}) }) }),
})

describe('docker service update to an image that can not be pulled', () => {
  test.each([
    ['127.0.0.1:5000/lab/image-missing:1', 'rejected', 'unknown_image'],
    ['lab/hub-unreachable:1', 'preparing', 'unreachable'],
  ] as const)(
    "after docker service update to %s, which cannot be pulled, the server fails with the Engine's words",
    async (image, state, failure) => {
      const { one, call, services } = copiesOn()
      const running = await start(one, 'lab/notebook:1')
      expect(running.state).toBe('running')
      const found = v.parse(
        Found,
        await (await call('GET', `/services/${running.service_id}`)).json(),
      )
      const { TaskTemplate } = found.Spec
      const ContainerSpec = { ...TaskTemplate.ContainerSpec, Image: image }
      const spec = { ...found.Spec, TaskTemplate: { ...TaskTemplate, ContainerSpec } }
      const path = `/services/${running.service_id}/update?version=${found.Version.Index}`
      expect((await call('POST', path, spec)).status).toBe(200)
      const ended = await pollUntil(one, ({ status }) => status !== null)
      expect(ended).toMatchObject({
        state: 'failed',
        status: 1,
        task: { state },
        user_message: sentenceOn(failure),
      })
      expect(await services()).toEqual([])
    },
  )
})
