import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import {
  ADMIN_TOKEN,
  createTestService,
  problemOf,
  signed as signedBy,
} from '../support/test-hub.ts'

/** Somebody has read what hub and service say to each other, and sends it again while its signature is good. */

const server = { username: 'alice' }
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
/** Of the past, so that nothing of a test lies in the future. */
const T0 = Math.floor(Date.now() / 1000) * 1000 - 200_000

let spawner: Spawner
let send: (call: Call) => Promise<Response>
beforeEach(() => {
  spawner = createSpawner(createEmbeddedEngine({ speed: 10 }).transport)
  const { app } = createTestService(spawner)
  send = async ({ path, ...init }) => app.request(path, { method: 'POST', ...init })
})

type Call = { path: string; body: string; headers: Record<string, string> }

/** A call as the hub signs it, some seconds after T0; ready to be sent, and sent again. */
const signed = (verb: string, data: object, afterS: number): Call => ({
  path: `/${verb}`,
  ...signedBy(verb, data, { now: T0 + afterS * 1000 }),
})
const startAt = (afterS: number, spawn_id: string, more: object = {}) =>
  signed('start', { server, config, spawn_id, issued_at: T0 + afterS * 1000, ...more }, afterS)

const state = async (response: Promise<Response>): Promise<ServerState> => {
  const answer = await response
  expect(answer.status).toBe(200)
  return v.parse(ServerState, await answer.json())
}
const polled = () => state(send(signed('poll', { server }, 190)))

describe('a stop that is sent again', () => {
  test('a stop that is sent again by the name of its spawn touches no other spawn', async () => {
    await state(send(startAt(0, 'old')))
    const stop = signed('stop', { server, spawn_id: 'old' }, 5)
    await state(send(stop))
    await state(send(startAt(10, 'new')))
    expect(await state(send(stop))).toMatchObject({ reason: expect.stringContaining('newer') })
    expect(await polled()).toMatchObject({ state: 'running', spawn_id: 'new' })
  })

  test('a stop that is sent again without a spawn does not reach a server that was started later', async () => {
    await state(send(startAt(0, 'old')))
    const stop = signed('stop', { server }, 5)
    expect(await state(send(stop))).toMatchObject({ state: 'absent' })
    await state(send(startAt(10, 'new')))
    expect(await problemOf(await send(stop))).toMatchObject({ status: 409, code: 'superseded' })
    expect(await polled()).toMatchObject({ state: 'running', spawn_id: 'new' })
    // The hub's own stop of now does.
    expect(await state(send(signed('stop', { server }, 11)))).toMatchObject({ state: 'absent' })
  })

  test('a stop in the second of the start still stops it: the timestamp counts seconds', async () => {
    await state(send(signed('start', { server, config, issued_at: T0 + 900 }, 0)))
    expect(await state(send(signed('stop', { server }, 0)))).toMatchObject({ state: 'absent' })
  })

  test('a stop that is sent again to another copy of the service does not reach it either: the labels tell', async () => {
    const stop = signed('stop', { server }, 5)
    await state(send(startAt(10, 'new')))
    const other = createTestService(spawner)
    const response = await other.app.request(stop.path, { method: 'POST', ...stop })
    expect(await problemOf(response)).toMatchObject({ code: 'superseded' })
  })

  test('a stop by a hub whose clock is behind stops what that hub has started', async () => {
    // It says no issued_at: ours would be later than all that it signs.
    await state(send(signed('start', { server, config }, 0)))
    expect(await state(send(signed('stop', { server }, 1)))).toMatchObject({ state: 'absent' })
  })

  test('a stop by a person is not limited: no signature is sent that others could send again', async () => {
    await state(send(startAt(10, 'new')))
    const { path, body } = signed('stop', { server }, 5)
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'webhook-timestamp': '1' }
    expect(await state(send({ path: `${path}?hub=default`, body, headers }))).toMatchObject({
      state: 'absent',
    })
  })
})

describe('a forget that is sent again', () => {
  test.each([{ username: 'alice' }, { username: 'alice', server_name: '' }])(
    'a forget that is sent again leaves what was started later: %o',
    async (forgotten) => {
      const forget = signed('forget', { server: forgotten }, 5)
      await state(send(startAt(0, 'old')))
      expect(await (await send(forget)).json()).toMatchObject({ removed: [expect.any(String)] })
      await state(send(startAt(10, 'new')))
      expect(await (await send(forget)).json()).toEqual({ removed: [], failed: [] })
      expect(await polled()).toMatchObject({ state: 'running' })
    },
  )
})

describe('a start that is sent again', () => {
  test('a start that is sent again while its server is there reports on it: the answer may have been lost', async () => {
    const start = startAt(0, 'one')
    const first = await state(send(start))
    expect(await state(send(start))).toMatchObject({ service_id: first.service_id })
  })

  test('a start that is sent again after its server was stopped is refused', async () => {
    const start = startAt(0, 'one')
    await state(send(start))
    await state(send(signed('stop', { server, spawn_id: 'one' }, 5)))
    expect(await problemOf(await send(start))).toMatchObject({
      status: 409,
      code: 'replayed',
      retryable: false,
    })
    expect(await polled()).toMatchObject({ state: 'absent' })
  })

  test('a start that is sent again with more signatures in its header is the same call', async () => {
    const start = startAt(0, 'one')
    await state(send(start))
    await state(send(signed('stop', { server }, 5)))
    const signature = `v1,AAAA ${start.headers['webhook-signature']} v1,BBBB`
    const again = { ...start, headers: { ...start.headers, 'webhook-signature': signature } }
    expect(await problemOf(await send(again))).toMatchObject({ code: 'replayed' })
  })

  test('a start that is sent again without a name for its spawn does not replace the server that it has made', async () => {
    const start = signed('start', { server, config }, 0)
    const { service_id } = await state(send(start))
    expect(await problemOf(await send(start))).toMatchObject({ code: 'replayed' })
    expect(await polled()).toMatchObject({ state: 'running', service_id })
  })

  test('a start that is sent again does not displace a later one', async () => {
    const start = startAt(0, 'old')
    await state(send(start))
    await state(send(startAt(10, 'new')))
    expect((await send(start)).status).toBe(409)
    expect(await polled()).toMatchObject({ state: 'running', spawn_id: 'new' })
  })

  test('a start that is signed anew, as the hub does while it waits, is another call', async () => {
    await state(send(startAt(0, 'one')))
    await state(send(signed('stop', { server }, 5)))
    const anew = { server, config, spawn_id: 'one', issued_at: T0 }
    expect(await state(send(signed('start', anew, 6)))).toMatchObject({ state: 'running' })
  })

  test('a start that is sent again after its caller had gone, and what it made was removed, starts anew', async () => {
    const { app } = createTestService(spawner)
    const waiting = { ...config, service_image: 'demo/pull-forever:1' }
    const { path, ...init } = startAt(0, 'one', { config: waiting, wait_s: 20 })
    const leaving = AbortSignal.timeout(300)
    await app.request(path, { method: 'POST', ...init, signal: leaving })
    await expect.poll(async () => (await polled()).state, { timeout: 10_000 }).toBe('absent')
    const again = app.request(path, { method: 'POST', ...init, signal: AbortSignal.timeout(300) })
    expect((await again).status).not.toBe(409)
  })

  test('a start that could not be carried out may be sent again unchanged', async () => {
    const { transport } = createEmbeddedEngine({ speed: 10 })
    let isAway = true
    const { DockerError } = await import('../../src/docker/errors.ts')
    const shaky = createSpawner(async (request) => {
      if (isAway) throw new DockerError('unreachable', 'nobody listens')
      return transport(request)
    })
    const { app } = createTestService(shaky)
    const { path, ...init } = startAt(0, 'one')
    const call = () => app.request(path, { method: 'POST', ...init })
    expect((await call()).status).toBe(503)
    isAway = false
    expect(await (await call()).json()).toMatchObject({ state: 'running' })
  })
})

test('any call is refused once its signature is too old', async () => {
  for (const verb of ['start', 'poll', 'stop', 'forget', 'explain'])
    expect(await problemOf(await send(signed(verb, { server, config }, -150)))).toMatchObject({
      code: 'timestamp_out_of_range',
    })
})
