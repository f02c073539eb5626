import { connect, type Socket } from 'node:net'
import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../handlers/every-call/log.ts'
import { serve } from '../../handlers/node.ts'
import { headOfStranger } from '../../lab/load/stranger.ts'
import { DockerError } from '../../src/docker/errors.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { openCall } from '../support/raw-call.ts'
import {
  ask,
  createTestService,
  keyOf,
  problemOf,
  readEvents,
  refused,
  SECRETS,
  send,
  type TestService,
} from '../support/test-hub.ts'

const server = { username: 'alice' }
const networks = ['jupyterhub']
const config = { service_image: 'demo/notebook:1', networks }
const sse = { headers: { accept: 'text/event-stream' } }
const CANARY = 'canary-that-must-not-come-out'

let service: TestService
beforeEach(async () => {
  service = createTestService(createSpawner(createEmbeddedEngine({ speed: 10 }).transport))
})

describe('POST /start', () => {
  test('POST /start answers the state of a server that runs', async () => {
    expect(await ask(service, 'start', { server, config })).toMatchObject({
      state: 'running',
      status: null,
    })
  })

  test('POST /start by server-sent events ends with failed if the server fails', async () => {
    const data = { server, config: { ...config, service_image: 'demo/image-missing:1' } }
    const events = await readEvents(await send(service, 'start', data, sse))
    expect(events.at(-1)?.event).toBe('failed')
    expect(v.parse(ServerState, events.at(-1)?.data).reason).toContain('No such image')
  })

  test('POST /start by server-sent events refuses with a status of its own', async () => {
    const response = await send(service, 'start', { server, config: {} }, sse)
    expect(await problemOf(response)).toMatchObject({ status: 422, code: 'invalid_config' })
  })

  test('POST /start by server-sent events says a problem that comes later as an event', async () => {
    const { transport } = createEmbeddedEngine({ speed: 10 })
    let calls = 0
    const failing = createSpawner(async (request) => {
      if (request.path.includes('/tasks?') && ++calls > 2)
        throw new DockerError('unexpected_answer', 'words')
      return transport(request)
    })
    const data = { server, config: { ...config, service_image: 'demo/pull-forever:1' } }
    const response = await send(createTestService(failing), 'start', data, sse)
    const events = await readEvents(response)
    expect(events.at(-1)).toMatchObject({
      event: 'problem',
      data: { code: 'engine_unexpected_answer', status: 502 },
    })
  })

  test('POST /start that waits is answered at once when the service shuts down', async () => {
    const data = { server, config: { ...config, service_image: 'demo/pull-forever:1' } }
    const waiting = ask(service, 'start', data)
    setTimeout(() => service.shutdown.abort(), 100)
    expect(await waiting).toMatchObject({ state: 'starting', status: null })
    expect((await send(service, 'poll', { server })).headers.get('connection')).toBe('close')
  })

  test.each([
    ['start', { spawn_id: 'newer', issued_at: 2 }],
    ['stop', {}],
  ])(
    'a call that waits for a container to end does not hold up a shutdown: %s',
    async (verb, more) => {
      const data = { server, config: { ...config, service_image: 'demo/ignores-sigterm:1' } }
      await ask(service, 'start', { ...data, spawn_id: 'older', issued_at: 1 })
      const begun = performance.now()
      const waiting = send(service, verb, { ...(verb === 'start' ? data : { server }), ...more })
      setTimeout(() => service.shutdown.abort(), 100)
      const response = await waiting
      expect(performance.now() - begun).toBeLessThan(900)
      if (verb === 'start')
        expect(await problemOf(response)).toMatchObject({
          status: 503,
          code: 'shutting_down',
          retryable: true,
        })
      else
        expect(await response.json()).toMatchObject({
          state: 'absent',
          reason: 'The service is removed; its node has not confirmed the end',
        })
    },
  )

  test('POST /start with fields that an older Engine would leave out is refused', async () => {
    const { transport } = createEmbeddedEngine()
    const old = createSpawner(async (request) => {
      const response = await transport(request)
      const isOld = request.path === '/_ping'
      return {
        ...response,
        header: (name) => (isOld && name === 'api-version' ? '1.41' : response.header(name)),
      }
    })
    const container_spec = { image: 'a', privileges: { NoNewPrivileges: true } }
    const data = { server, config: { networks, container_spec } }
    const problem = await refused(createTestService(old), 'start', data)
    expect(problem).toMatchObject({ status: 422, code: 'invalid_config' })
    expect(problem.detail).toContain(
      'NoNewPrivileges needs Engine API 1.44; this Engine speaks 1.41',
    )
  })
})

describe('swap', () => {
  const resource_spec = { mem_limit: 2 ** 30, memory_swap: '512M' }
  const data = { server, config: { ...config, resource_spec } }

  test('swap needs Engine 29, and the refusal says so', async () => {
    const problem = await refused(service, 'start', data)
    expect(problem).toMatchObject({ status: 422, code: 'invalid_config' })
    expect(problem.detail).toContain(
      'Resources.SwapBytes needs Engine API 1.52; this Engine speaks 1.51',
    )
  })

  test('swap is given by Engine 29', async () => {
    const { transport } = createEmbeddedEngine({ as: '29.7', speed: 10 })
    const newer = createTestService(createSpawner(transport))
    expect(await ask(newer, 'start', data)).toMatchObject({ state: 'running' })
  })

  test('POST /start dated in the future is refused: it would hold the name against all starts until then', async () => {
    const soon = Date.now() + 200_000
    await ask(service, 'start', { server, config, issued_at: soon, spawn_id: 'clock-ahead' })
    const issued_at = Date.now() + 400_000
    const problem = await refused(service, 'start', { server, config, issued_at })
    expect(problem).toMatchObject({
      status: 422,
      code: 'invalid_request',
      detail: expect.stringMatching(/^issued_at must not be more than 300 s ahead/),
      issues: [{ path: 'issued_at' }],
    })
  })

  test.each([0, -1, 86_401, 1e308])('swap takes no start_timeout of %d', async (start_timeout) => {
    for (const [data, path] of [
      [{ server, config, start_timeout }, 'start_timeout'],
      [{ server, config: { ...config, start_timeout } }, 'config.start_timeout'],
    ] as const)
      expect(await refused(service, 'start', data)).toMatchObject({
        code: 'invalid_request',
        issues: [{ path }],
      })
  })
})

describe('POST /poll', () => {
  test('POST /poll of many servers answers all, and a cursor that changes with any of them', async () => {
    const servers = [server, { username: 'bob' }]
    const Many = v.object({ servers: v.array(ServerState), cursor: v.string() })
    const before = v.parse(Many, await (await send(service, 'poll', { servers })).json())
    const waiting = send(service, 'poll', { servers, cursor: before.cursor, wait_s: 10 })
    await ask(service, 'start', { server: { username: 'bob' }, config })
    const after = v.parse(Many, await (await waiting).json())
    expect(before.servers.map(({ state }) => state)).toEqual(['absent', 'absent'])
    expect(after.servers[1]?.state).not.toBe('absent')
    expect(after.cursor).not.toBe(before.cursor)
  })

  test('POST /poll of no servers is an empty answer', async () => {
    const response = await send(service, 'poll', { servers: [] })
    expect(await response.json()).toMatchObject({ servers: [] })
  })
})

test.each([1.1, 0.0001, 1e-300])(
  'the wait_s of a poll may be %d, though no clock counts that',
  async (wait_s) => {
    const data = { server, config, wait_s }
    const { cursor } = await ask(service, 'start', { ...data, wait_s: 0 })
    expect(await ask(service, 'start', data)).toMatchObject({ status: null })
    expect(await ask(service, 'poll', { server, cursor, wait_s })).toMatchObject({ status: null })
  },
)

describe('POST /stop', () => {
  test('POST /stop of one spawn leaves a newer one alone', async () => {
    await ask(service, 'start', { server, config, spawn_id: 'new' })
    expect(await ask(service, 'stop', { server, spawn_id: 'old' })).toMatchObject({
      state: 'absent',
      reason: 'A newer start of this server holds the name',
    })
    expect(await ask(service, 'poll', { server })).toMatchObject({ state: 'running' })
  })
})

describe('POST /explain', () => {
  test("POST /explain says the spec, each value's setting and warnings, and creates nothing", async () => {
    const data = { server, config: { service_image: 'a' }, env: { JUPYTERHUB_API_TOKEN: CANARY } }
    const response = await send(service, 'explain', data)
    const body: unknown = await response.json()
    expect(body).toMatchObject({
      spec: { TaskTemplate: { ContainerSpec: { Env: ['JUPYTERHUB_API_TOKEN=[redacted]'] } } },
      sources: {
        'TaskTemplate.ContainerSpec.Image': 'service_image',
        'EndpointSpec.Mode': 'default',
      },
      warnings: [expect.stringContaining('networks: none')],
    })
    expect(JSON.stringify(body)).not.toContain(CANARY)
    expect(await ask(service, 'poll', { server })).toMatchObject({ state: 'absent' })
  })

  test('POST /explain tells what the policy refuses, and is no refusal itself', async () => {
    const user_options = { container_spec: { user: 'root' }, mounts: ['/scratch'] }
    const data = { server, config: { ...config, use_user_options: true }, user_options }
    const response = await send(service, 'explain', data)
    expect(response.status).toBe(200)
    const body: unknown = await response.json()
    expect(body).toMatchObject({
      would_start: false,
      spec: { TaskTemplate: { ContainerSpec: { User: 'root' } } },
      policy: expect.arrayContaining([
        {
          path: 'TaskTemplate.ContainerSpec.User',
          from: 'user_options.container_spec.user',
          verdict: 'refused',
          rule: 'not allowed by the policy (user.fields): it allows Args, Command, Dir',
        },
        {
          path: 'TaskTemplate.ContainerSpec.Mounts.0',
          from: 'user_options.mounts.0',
          verdict: 'allowed',
          rule: 'allowed by the policy (user.mounts.anonymous)',
        },
      ]),
    })
    const started = await refused(service, 'start', data)
    expect(started).toMatchObject({ status: 422, code: 'not_allowed', retryable: false })
  })

  test('POST /explain works while the Engine does not, and says so', async () => {
    const away = createSpawner(async () => {
      throw new DockerError('unreachable', 'nobody listens')
    })
    const response = await send(createTestService(away), 'explain', { server, config })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('The Engine was not asked: nobody listens')
  })
})

describe('GET /health and /ready', () => {
  test('GET /health and /ready say that the process lives and the Engine manages a swarm', async () => {
    expect(await (await service.app.request('/health')).json()).toEqual({ status: 'ok' })
    expect(await (await service.app.request('/ready')).json()).toMatchObject({ status: 'ready' })
  })

  test('GET /health and /ready cost the Engine no more if a thousand strangers ask at once', async () => {
    const { transport } = createEmbeddedEngine()
    const asked: string[] = []
    const counted = createSpawner((call) => {
      asked.push(call.path)
      return transport(call)
    })
    const { app } = createTestService(counted)
    const ask = async () => (await app.request('/ready')).status
    expect(new Set(await Promise.all(Array.from({ length: 1000 }, ask)))).toEqual(new Set([200]))
    const atOnce = asked.length
    expect(await ask()).toBe(200)
    expect(atOnce).toBeLessThan(5)
    expect(asked.length).toBeGreaterThan(atOnce)
  })

  test('GET /health and /ready differ if the Engine is away', async () => {
    const away = createSpawner(async () => {
      throw new DockerError('unreachable', 'nobody listens')
    })
    const { app } = createTestService(away)
    expect((await app.request('/health')).status).toBe(200)
    expect(await problemOf(await app.request('/ready'))).toMatchObject({
      status: 503,
      code: 'engine_unreachable',
    })
  })
})

describe('the log', () => {
  test('the log has one line for a call, one for the start that ended, and nothing of what was sent', async () => {
    const env = { JUPYTERHUB_API_TOKEN: CANARY }
    await ask(service, 'start', { server, config, env })
    await refused(service, 'start', { server, config: { ...config, mounts: CANARY }, env })
    await service.app.request('/health')
    expect(service.logged).toMatchObject([
      { level: 'info', message: 'start ended', outcome: 'running' },
      {
        level: 'info',
        message: 'POST /start',
        status: 200,
        hub: 'default',
        request_id: 'msg_test',
        service: 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1',
        duration_ms: expect.any(Number),
      },
      { level: 'warn', message: 'POST /start', status: 422, code: 'invalid_config' },
    ])
    expect(JSON.stringify(service.logged)).not.toContain(CANARY)
  })
})

describe('a caller that leaves', () => {
  const settings = {
    host: '127.0.0.1',
    port: 0,
    hubs: [{ hub: 'default', keys: [keyOf(SECRETS.default)] }],
    adminToken: undefined,
  }
  const leave = async (open: (url: string) => Promise<Socket>) => {
    const { transport } = createEmbeddedEngine()
    const logged: LogEntry[] = []
    const running = await serve(settings, createSpawner(transport), (one) => void logged.push(one))
    const socket = await open(running.url)
    setTimeout(() => socket.destroy(), 200)
    const calls = () => logged.filter(({ message }) => message !== 'start ended')
    await expect.poll(calls, { timeout: 5000 }).toHaveLength(1)
    await running.close()
    return calls()[0]
  }

  test('a caller that leaves while it waits is no error of ours, and is logged as what it is', async () => {
    const waiting = { server, config: { ...config, service_image: 'demo/pull-forever:1' } }
    for (const [verb, data] of [
      ['start', waiting],
      ['poll', { server, cursor: 'absent', wait_s: 10 }],
    ] as const) {
      const line = await leave((url) => openCall(url, verb, data))
      expect(line).toMatchObject({ level: 'warn', code: 'caller_gone', hub: 'default' })
    }
  })

  test.each(['content-length: 1000', 'transfer-encoding: chunked'])(
    'a caller that leaves in the middle of its body (%s) is no error of ours either',
    async (header) => {
      const line = await leave(async (url) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1')
        socket.write(`${headOfStranger('/start', header)}1\r\nx\r\n`)
        return socket
      })
      expect(line).toMatchObject({ level: 'warn', code: 'caller_gone' })
    },
  )
})

test('the service on Node.js listens, answers and closes', async () => {
  const spawner = createSpawner(createEmbeddedEngine().transport)
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined }
  const running = await serve(settings, spawner, () => {})
  expect(await (await fetch(`${running.url}/health`)).json()).toEqual({ status: 'ok' })
  const port = Number(new URL(running.url).port)
  await expect(serve({ ...settings, port }, spawner, () => {})).rejects.toThrow('EADDRINUSE')
  await running.close()
  await expect(fetch(`${running.url}/health`)).rejects.toThrow()
})
