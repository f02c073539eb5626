import { Webhook } from 'standardwebhooks'
import { beforeAll, describe, expect, test } from 'vitest'
import { signCall } from '../../handlers/caller/signature.ts'
import type { Dependencies } from '../../handlers/dependencies.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import {
  ADMIN_TOKEN,
  ask,
  createTestService,
  keyOf,
  problemOf,
  refused,
  SECRETS,
  send,
  type TestService,
} from '../support/test-hub.ts'

/** Whatever is refused here must be refused before the Engine is asked. */
const noEngine: EngineTransport = async ({ method, path }) => {
  throw new Error(`the Engine was asked: ${method} ${path}`)
}

const server = { username: 'alice' }
const CANARY = 'canary-that-must-not-come-out'

let service: TestService
beforeAll(async () => {
  service = createTestService(createSpawner(noEngine))
})

/** Answers with success, since its Engine does. */
const createEmbeddedService = (more: Partial<Dependencies> = {}) =>
  createTestService(createSpawner(createEmbeddedEngine().transport), more)

const post = (path: string, body: string, headers: Record<string, string>) =>
  service.app.request(path, { method: 'POST', body, headers })

const signedBy = (secret: string, body: string) => {
  const id = 'msg_1'
  const at = new Date()
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

const envelope = (type: string, data: unknown) =>
  JSON.stringify({ type, timestamp: new Date().toISOString(), data })

describe('a signature', () => {
  const body = envelope('spawner.poll', { server })
  const good = signedBy(SECRETS.default, body)

  test('a signature by the reference implementation of Standard Webhooks is accepted', async () => {
    const { app } = createEmbeddedService()
    const response = await app.request('/poll', { method: 'POST', body, headers: good })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ state: 'absent', status: 0 })
  })

  test('the secret of a signature names the hub', async () => {
    const { app, logged } = createEmbeddedService()
    const body = envelope('spawner.stop', { server })
    for (const secret of [SECRETS.default, SECRETS.other]) {
      const headers = signedBy(secret, body)
      const response = await app.request('/stop', { method: 'POST', body, headers })
      expect(await response.json()).toMatchObject({ state: 'absent' })
    }
    expect(logged.map(({ hub }) => hub)).toEqual(['default', 'other'])
  })

  test('a signature may stand among others, as while a secret is rotated', async () => {
    const { app } = createEmbeddedService()
    const headers = { ...good, 'webhook-signature': `v1,AAAA v2,xx ${good['webhook-signature']}` }
    const response = await app.request('/poll', { method: 'POST', body, headers })
    expect(response.status).toBe(200)
  })

  test('signatures by both secrets of one hub are accepted', async () => {
    const keys = [keyOf(SECRETS.default), keyOf(SECRETS.other)]
    const { app } = createEmbeddedService({ hubs: [{ hub: 'only', keys }] })
    for (const secret of [SECRETS.default, SECRETS.other]) {
      const headers = signedBy(secret, body)
      const response = await app.request('/poll', { method: 'POST', body, headers })
      expect(response.status).toBe(200)
    }
  })

  test.each([
    ['is missing', {}],
    ['has no id', { ...good, 'webhook-id': '' }],
    ['has no timestamp', { ...good, 'webhook-timestamp': '' }],
    ['is of another secret', signedBy(`whsec_${btoa('x'.repeat(32))}`, body)],
    ['is of another body', signedBy(SECRETS.default, `${body} `)],
    ['is of another id', { ...good, 'webhook-id': 'msg_2' }],
    ['is of another timestamp', { ...good, 'webhook-timestamp': '1' }],
    ['is not base64', { ...good, 'webhook-signature': 'v1,***' }],
    [
      'is of an unknown version',
      { ...good, 'webhook-signature': good['webhook-signature'].replace('v1', 'v9') },
    ],
    ['is empty', { ...good, 'webhook-signature': 'v1,' }],
  ])('a signature that %s is refused', async (_, headers) => {
    const problem = await problemOf(await post('/poll', body, headers))
    expect(problem).toMatchObject({ status: 401, code: 'unauthorized', retryable: false })
    expect(problem.user_message).toContain('administrator')
  })

  test.each([-301, 301, -100_000])(
    'a signature of %i seconds from now is refused',
    async (offset) => {
      const now = Date.now() + offset * 1000
      const problem = await refused(service, 'poll', { server }, { now })
      expect(problem).toMatchObject({ status: 401, code: 'timestamp_out_of_range' })
      expect(problem.detail).toContain('clocks')
    },
  )

  test.each([-290, 290])('a signature of %i seconds from now is accepted', async (offset) => {
    const now = Date.now() + offset * 1000
    const state = await ask(createEmbeddedService(), 'poll', { server }, { now })
    expect(state.state).toBe('absent')
  })

  test('a signature over a timestamp that is no number is refused', async () => {
    const key = keyOf(SECRETS.default)
    const headers = signCall(key, { id: 'msg_1', timestamp: Number.NaN, body })
    const problem = await problemOf(await post('/poll', body, headers))
    expect(problem).toMatchObject({ status: 401, code: 'timestamp_out_of_range' })
  })
})

describe('an admin token', () => {
  const call = (authorization: string, path = '/poll?hub=default') =>
    post(path, envelope('wrong', {}), { authorization })

  test('an admin token lets a person call by hand, for a hub that is named', async () => {
    const { app, logged } = createEmbeddedService()
    const body = envelope('spawner.stop', { server })
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    const response = await app.request('/stop?hub=other', { method: 'POST', body, headers })
    expect(await response.json()).toMatchObject({ state: 'absent' })
    expect(logged).toMatchObject([{ hub: 'other' }])
  })

  test.each(['Bearer wrong', 'Bearer ', 'Basic abc', `Bearer ${ADMIN_TOKEN}x`])(
    'an admin token that is not right is refused',
    async (authorization) => {
      expect(await problemOf(await call(authorization))).toMatchObject({ code: 'unauthorized' })
    },
  )

  test('an admin token needs the hub to be named if there are several', async () => {
    for (const path of ['/poll', '/poll?hub=nobody'])
      expect(await problemOf(await call(`Bearer ${ADMIN_TOKEN}`, path))).toMatchObject({
        code: 'invalid_request',
        detail: 'Name one of the configured hubs with ?hub=',
      })
  })

  test('an admin token that is not set lets nobody in', async () => {
    const closed = createTestService(createSpawner(noEngine), { adminToken: undefined })
    const headers = { authorization: 'Bearer undefined' }
    const response = await closed.app.request('/poll', { method: 'POST', body: '{}', headers })
    expect(response.status).toBe(401)
  })
})

describe('a body', () => {
  test('a body that is not JSON is refused', async () => {
    const body = `{"data": "${CANARY}"`
    const response = await post('/poll', body, signedBy(SECRETS.default, body))
    const problem = await problemOf(response)
    expect(problem).toMatchObject({ status: 400, code: 'invalid_json' })
    expect(JSON.stringify(problem)).not.toContain(CANARY)
  })

  test.each(['null', '[]', '"text"', '{}', '{"type":1,"data":{}}'])(
    'the body %s is refused: it is not an envelope',
    async (body) => {
      const response = await post('/poll', body, signedBy(SECRETS.default, body))
      expect(await problemOf(response)).toMatchObject({ status: 422, code: 'invalid_request' })
    },
  )

  test('a body that is nested without end is refused', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const body = `{"type":"spawner.start","data":{"server":{"username":"a"},"user_options":${deep}}}`
    const response = await post('/start', body, signedBy(SECRETS.default, body))
    expect(await problemOf(response)).toMatchObject({ status: 422, code: 'invalid_request' })
  })

  test("a body of another route's type is refused: a signed poll is no stop", async () => {
    const body = envelope('spawner.poll', { server })
    const headers = signedBy(SECRETS.default, body)
    for (const route of ['/stop', '/start', '/explain'])
      expect(await problemOf(await post(route, body, headers))).toMatchObject({
        status: 400,
        code: 'wrong_type',
      })
  })

  test('a body of 5 MB is refused before anything is verified', async () => {
    const response = await post('/poll', 'x'.repeat(5_000_000), signedBy(SECRETS.default, ''))
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'too_large' })
  })

  test.each<[string, Record<string, string>]>([
    ['no headers', {}],
    ['no signature', { 'webhook-id': 'a', 'webhook-timestamp': '1' }],
    ['what is no signature', { ...signedBy(SECRETS.default, ''), 'webhook-signature': 'v1,AAAA' }],
    ['another admin token', { authorization: 'Bearer none-of-ours' }],
  ])('a body is not read if its sender shows %s', async (_, headers) => {
    let asked = 0
    const body = new ReadableStream({ pull: () => void asked++ }, { highWaterMark: 0 })
    const init = { method: 'POST', body, headers, duplex: 'half' } as const
    const response = await service.app.request('/poll', init)
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'unauthorized' })
    expect(asked).toBe(0)
  })

  test.each([
    ['start', { server, [CANARY]: 1 }, CANARY],
    ['start', { server, config: { imag: CANARY } }, 'config.imag'],
    ['start', { server, config: { tls_config: { ca: CANARY } } }, 'config.tls_config'],
    ['poll', { server, spawn_id: CANARY }, 'spawn_id'],
    ['stop', { server, force: CANARY }, 'force'],
  ])("%s with an unknown key is refused by the key's name", async (verb, data, name) => {
    const problem = await refused(service, verb, data)
    expect(problem).toMatchObject({ status: 422, code: 'invalid_request' })
    expect(problem.issues.map(({ path }) => path)).toContain(name)
  })

  test.each([
    ['start', { server: { username: 5 } }, 'server.username'],
    ['start', { server: { username: '' } }, 'server.username'],
    ['start', { server: { username: 'a'.repeat(256) } }, 'server.username'],
    ['start', {}, 'server'],
    ['start', { server, port: CANARY }, 'port'],
    ['start', { server, port: 70_000 }, 'port'],
    ['start', { server, wait_s: -1 }, 'wait_s'],
    ['start', { server, start_timeout: 0 }, 'start_timeout'],
    ['start', { server, env: { A: { b: CANARY } } }, 'env.A'],
    ['start', { server, env: [5] }, 'env.0'],
    ['start', { server, env: CANARY }, 'env'],
    ['start', { server, cmd: CANARY }, 'cmd'],
    ['start', { server, spawn_id: 'with space' }, 'spawn_id'],
    ['start', { server, config: { init: CANARY } }, 'config.init'],
    ['start', { server, config: { endpoint: CANARY } }, 'config.endpoint'],
    ['stop', { server, now: CANARY }, 'now'],
  ])('%s with a wrong value names the field, never the value', async (verb, data, path) => {
    const problem = await refused(service, verb, data)
    expect(problem).toMatchObject({ status: 422, code: 'invalid_request' })
    expect(problem.issues.map((issue) => issue.path)).toContain(path)
    expect(JSON.stringify(problem)).not.toContain(CANARY)
  })

  test('a missing field is said to be missing', async () => {
    const problem = await refused(service, 'poll', {})
    expect(problem.issues).toEqual([{ path: 'server', message: 'is missing' }])
  })

  test.each([
    [{ resource_spec: { cpu_limit: 1000 } }, 'resource_spec.cpu_limit', '1000 is 0.000001 CPU'],
    [{ resource_spec: { mem_limit: 1000 } }, 'resource_spec.mem_limit', '4 MiB'],
    [{ resource_spec: { cpus: 1 } }, 'resource_spec.cpus', 'not a setting'],
    [{ container_spec: { image: 'a', mounts: CANARY } }, 'container_spec.mounts', 'list of mounts'],
    [{ container_spec: { image: 'a', user: 5 } }, 'container_spec.user', 'must be a text'],
    [{ container_spec: {} }, 'container_spec.image', 'name the image'],
    [{ stop_grace_period: 10 }, 'stop_grace_period', 'nanoseconds'],
  ])('start with a setting that cannot be used says why', async (config, path, words) => {
    const data = { server, config: { service_image: 'a', ...config } }
    if (path === 'container_spec.image') data.config.service_image = ''
    const problem = await refused(service, 'start', data)
    expect(problem).toMatchObject({ status: 422, code: 'invalid_config' })
    expect(problem.issues[0]?.path).toBe(path)
    expect(problem.detail).toContain(words)
    expect(JSON.stringify(problem)).not.toContain(CANARY)
  })

  test('start with a prefix that leaves no room for the name is refused', async () => {
    const config = { service_image: 'a', service_prefix: 'p'.repeat(30) }
    const named = { username: 'alice', server_name: 'a-name-of-some-length' }
    const problem = await refused(service, 'start', { server: named, config })
    expect(problem).toMatchObject({ status: 422, code: 'invalid_name' })
    expect(problem.detail).toContain('shorter prefix')
  })
})

describe('a route', () => {
  test('a route that does not exist is a problem too', async () => {
    expect(await problemOf(await service.app.request('/nothing'))).toMatchObject({
      status: 404,
      code: 'no_such_route',
    })
  })

  test.each(['/start', '/poll', '/stop', '/explain'])(
    'the route %s takes POST only',
    async (path) => {
      expect(await problemOf(await service.app.request(path))).toMatchObject({
        status: 405,
        code: 'method_not_allowed',
      })
    },
  )

  test('the list of routes is what the design promises', () => {
    const routes = service.app.routes.filter(({ method }) => method !== 'ALL')
    expect([...new Set(routes.map(({ method, path }) => `${method} ${path}`))]).toEqual([
      'POST /start',
      'POST /poll',
      'POST /stop',
      'POST /forget',
      'POST /explain',
      'POST /pull',
      'POST /image-pushed/:token',
      'GET /health',
      'GET /ready',
      'GET /',
      'POST /',
      'GET /servers',
      'GET /servers/:service_name',
      'GET /servers/:service_name/logs',
      'GET /metrics',
    ])
  })
})

test('an error that is not ours says nothing of itself, and the log has its stack', async () => {
  service.logged.length = 0
  const response = await send(service, 'poll', { server })
  const problem = await problemOf(response)
  expect(problem).toMatchObject({ status: 500, code: 'internal' })
  expect(problem.detail).not.toContain('asked')
  expect(service.logged[0]).toMatchObject({ level: 'error', code: 'internal', hub: 'default' })
  expect(String(service.logged[0]?.['stack'])).toContain('the Engine was asked')
})
