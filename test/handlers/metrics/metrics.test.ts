import { beforeAll, describe, expect, test } from 'vitest'
import { collectGarbage } from '../../../handlers/gc.ts'
import { createServiceMetrics } from '../../../handlers/metrics/service-metrics.ts'
import { readGcSettings } from '../../../handlers/settings/gc-settings.ts'
import { A_THOUSAND, createCountedSpawner, createServers } from '../../../lab/load/many-servers.ts'
import { DockerError } from '../../../src/docker/errors.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { createHostileEngine, HOSTILE, UNPRINTABLE } from '../../support/hostile-engine.ts'
import { readMetrics, sumOf } from '../../support/read-metrics.ts'
import {
  ADMIN_TOKEN,
  ask,
  createTestService,
  problemOf,
  refused,
  signed,
  type TestService,
} from '../../support/test-hub.ts'

const METRICS_TOKEN = 'the-token-of-prometheus'
const scrape = async ({ app }: TestService) => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const response = await app.request('/metrics', { headers })
  expect(response.headers.get('content-type')).toBe(
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  )
  return readMetrics(await response.text())
}

const createCounted = (options: Parameters<typeof createEmbeddedEngine>[0] = {}) => {
  const metrics = createServiceMetrics()
  const { transport } = createEmbeddedEngine({ speed: 50, ...options })
  const service = createTestService(createSpawner(metrics.watch(transport)), { metrics })
  return { metrics, service }
}

const server = { username: 'alice' }
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }

describe('GET /metrics of a thousand servers', () => {
  const world = createCountedSpawner({ nodes: 3, speed: 1000 })
  const service = createTestService(world.spawner)
  beforeAll(async () => {
    await createServers(world.spawner, A_THOUSAND)
    await createServers(world.spawner, [
      { hub: 'forgotten', username: 'x' },
      { hub: 'default', username: 'eve', image: 'demo/pull-forever:1' },
    ])
  }, 120_000)

  test('a scrape costs two calls to the Engine, and scrapes of one second share them', async () => {
    world.calls.length = 0
    const [samples] = await Promise.all([scrape(service), scrape(service), scrape(service)])
    expect(world.calls.map((call) => call.replace(/\/v[\d.]+|\?.*/g, '')).sort()).toEqual([
      'GET /nodes',
      'GET /tasks',
    ])
    expect(sumOf(samples, 'swarmspawner_servers')).toBe(1002)
  })

  test('servers are counted by hub, state and node; a hub of somebody else has no name', async () => {
    const samples = await scrape(service)
    const count = (labels: Record<string, string>) => sumOf(samples, 'swarmspawner_servers', labels)
    expect(count({ hub: 'default', state: 'running' })).toBe(750)
    expect(count({ hub: 'other', state: 'running' })).toBe(250)
    expect(count({ hub: '(other)' })).toBe(1)
    expect(count({ state: 'starting' })).toBe(1)
    const nodes = samples.filter(({ name }) => name === 'swarmspawner_servers')
    expect(new Set(nodes.map(({ labels }) => labels['node']))).toEqual(
      new Set(['embedded', 'embedded-2', 'embedded-3']),
    )
    const preparing = { hub: 'default', phase: 'preparing' }
    expect(sumOf(samples, 'swarmspawner_starting_servers', preparing)).toBe(1)
    expect(sumOf(samples, 'swarmspawner_oldest_start_seconds', preparing)).toBeGreaterThan(0)
  })

  test('the room of nodes is told, with what all tasks reserve', async () => {
    const samples = await scrape(service)
    expect(sumOf(samples, 'swarmspawner_nodes', { state: 'ready', availability: 'active' })).toBe(3)
    expect(sumOf(samples, 'swarmspawner_node_memory_bytes')).toBe(3 * 2 ** 42)
    expect(sumOf(samples, 'swarmspawner_node_reserved_memory_bytes')).toBe(1002 * 2 ** 23)
  })

  test('no label is the name of a user, of a server or of a service', async () => {
    const samples = await scrape(service)
    const values = samples.flatMap(({ labels }) => Object.values(labels))
    expect(values.filter((value) => /user-|alice|jupyter/.test(value))).toEqual([])
    const names = new Set(samples.flatMap(({ labels }) => Object.keys(labels)))
    expect([...names].sort()).toEqual(['availability', 'hub', 'node', 'phase', 'state'])
  })
})

describe('what this copy does', () => {
  test('starts are counted by outcome and code, with seconds by phase', async () => {
    const { service } = createCounted()
    await ask(service, 'start', { server, config })
    await ask(service, 'start', {
      server: { username: 'bob' },
      config: { ...config, service_image: 'demo/image-missing:1' },
    })
    await refused(service, 'start', { server, config: { ...config, service_image: 'Bad Image' } })
    await refused(service, 'start', { server, config: { ...config, mounts: ['/etc:/etc'] } })
    const samples = await scrape(service)
    const starts = (labels: Record<string, string>) =>
      sumOf(samples, 'swarmspawner_starts_total', { hub: 'default', ...labels })
    expect(starts({ outcome: 'running', code: '' })).toBe(1)
    expect(starts({ outcome: 'failed' })).toBe(1)
    expect(starts({ outcome: 'failed', code: 'unknown' })).toBe(0)
    expect(starts({ outcome: 'refused', code: 'not_allowed' })).toBe(1)
    expect(starts({ outcome: 'refused' })).toBe(2)
    for (const phase of ['all', 'waiting', 'preparing', 'starting']) {
      const labels = { hub: 'default', phase }
      const count = sumOf(samples, 'swarmspawner_start_seconds_count', labels)
      expect(count, phase).toBeLessThanOrEqual(1)
      const all = sumOf(samples, 'swarmspawner_start_seconds_bucket', { ...labels, le: '+Inf' })
      expect(all).toBe(count)
    }
    expect(sumOf(samples, 'swarmspawner_start_seconds_count', { phase: 'all' })).toBe(1)
  })

  test('a start that the Engine kept from being carried out is not refused', async () => {
    const metrics = createServiceMetrics()
    const away = createSpawner(
      metrics.watch(() => Promise.reject(new DockerError('unreachable', 'nobody listens'))),
    )
    const service = createTestService(away, { metrics })
    await refused(service, 'start', { server, config })
    const samples = await scrape(service)
    const labels = { outcome: 'not_possible', code: 'engine_unreachable' }
    expect(sumOf(samples, 'swarmspawner_starts_total', labels)).toBe(1)
    expect(sumOf(samples, 'swarmspawner_engine_up')).toBe(0)
    expect(
      sumOf(samples, 'swarmspawner_engine_calls_total', { result: 'unreachable' }),
    ).toBeGreaterThan(0)
    expect(service.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', code: 'engine_unreachable' }),
    )
  })

  test('calls are counted by route and status, and no caller can make a new label', async () => {
    const { service } = createCounted()
    await ask(service, 'poll', { server })
    for (const path of ['/servers/alice', '/servers/bob', '/nosuch', '/nosuch/2', `/${HOSTILE}`])
      await service.app.request(path)
    await service.app.request('/poll', { method: 'BREW' })
    const samples = (await scrape(service)).filter(
      ({ name }) => name === 'swarmspawner_calls_total',
    )
    expect(samples.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
      { method: 'POST', route: '/poll', status: '200', value: 1 },
      { method: 'GET', route: '/servers/:service_name', status: '401', value: 2 },
      { method: 'GET', route: 'none', status: '404', value: 3 },
      { method: 'other', route: 'none', status: '405', value: 1 },
    ])
  })

  test('calls to the Engine are counted without ids, with seconds', async () => {
    const { service } = createCounted()
    await ask(service, 'start', { server, config })
    await ask(service, 'stop', { server })
    const samples = await scrape(service)
    const calls = samples.filter(({ name }) => name === 'swarmspawner_engine_calls_total')
    const names = new Set(calls.map(({ labels }) => labels['call']))
    expect(names).toContain('POST /services/create')
    expect(names).toContain('DELETE /services/{id}')
    for (const name of names)
      expect(name).toMatch(/^[A-Z]+ \/[a-z_]+(\/\{id\})?(\/(create|update|logs|json))?$/)
    const created = { call: 'POST /services/create' }
    expect(sumOf(samples, 'swarmspawner_engine_calls_total', { ...created, result: 'ok' })).toBe(1)
    expect(sumOf(samples, 'swarmspawner_engine_seconds_count', created)).toBe(1)
  })

  test('looks for leftovers are counted, those that fail too', async () => {
    const { metrics, service } = createCounted({ now: () => Date.now() })
    const gc = readGcSettings({ SWARMSPAWNER_GC: 'remove' }, { fetch })
    const { signal } = new AbortController()
    const spawner = createSpawner(createEmbeddedEngine().transport)
    const deps = { hubs: ['default'], gc, log: () => {}, metrics, signal }
    await collectGarbage({ ...deps, spawner })
    const away = createSpawner(() => Promise.reject(new DockerError('timeout', 'silent')))
    await collectGarbage({ ...deps, spawner: away })
    const samples = await scrape(service)
    expect(sumOf(samples, 'swarmspawner_gc_runs_total', { result: 'done' })).toBe(1)
    expect(sumOf(samples, 'swarmspawner_gc_runs_total', { result: 'failed' })).toBe(1)
    expect(samples.some(({ name }) => name === 'swarmspawner_leftovers')).toBe(true)
  })
})

describe('who may scrape', () => {
  const spawner = createSpawner(createEmbeddedEngine().transport)
  const service = createTestService(spawner, { metricsToken: METRICS_TOKEN })
  const status = async (path: string, headers: Record<string, string>) =>
    (await service.app.request(path, { headers })).status

  test('the token for metrics opens /metrics and nothing else', async () => {
    const authorization = `Bearer ${METRICS_TOKEN}`
    expect(await status('/metrics', { authorization })).toBe(200)
    expect(await status('/servers', { authorization })).toBe(401)
    const call = signed('poll', { server })
    const init = { method: 'POST', body: call.body, headers: { authorization } }
    expect((await service.app.request('/poll?hub=default', init)).status).toBe(401)
  })

  test.each([
    {},
    signed('poll', { server }).headers,
    { authorization: 'Bearer ' },
    { authorization: 'Bearer undefined' },
    { authorization: `Bearer ${METRICS_TOKEN.slice(1)}` },
  ])('nobody else may scrape: %#', async (headers) => {
    const response = await service.app.request('/metrics', { headers: { ...headers } })
    expect(await problemOf(response)).toMatchObject({ code: 'unauthorized' })
    const { app } = createTestService(spawner, { adminToken: undefined })
    expect((await app.request('/metrics', { headers: { ...headers } })).status).toBe(401)
  })
})

test('names that a hostile Engine gives its nodes stay labels', async () => {
  const fetch = createHostileEngine()
  const spawner = createSpawner(async ({ path, method }) => {
    const response = await fetch(new Request(`http://hostile${path}`, { method }))
    return {
      status: response.status,
      header: (named) => response.headers.get(named) ?? undefined,
      body: response.body ?? (async function* () {})(),
    }
  })
  const samples = await scrape(createTestService(spawner))
  expect(sumOf(samples, 'swarmspawner_engine_up')).toBe(1)
  for (const { labels } of samples)
    for (const value of Object.values(labels)) expect(value).not.toMatch(UNPRINTABLE)
})
