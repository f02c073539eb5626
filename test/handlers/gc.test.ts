import { beforeEach, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../handlers/every-call/log.ts'
import { collectGarbage, type GcDeps } from '../../handlers/gc.ts'
import { serve } from '../../handlers/node.ts'
import { DockerError } from '../../src/docker/errors.ts'
import { listServices } from '../../src/docker/services.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { HUB_API_TOKEN, type HubApiServer, startHubApi } from '../support/hub-api-server.ts'
import { startServer } from '../support/start-server.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

const HOUR = 3_600_000
const later = () => Date.now() + 3 * HOUR

let transport: EngineTransport
let spawner: Spawner
let logged: LogEntry[]
let hub: HubApiServer
beforeEach(async () => {
  ;({ transport } = createEmbeddedEngine({ speed: 20 }))
  spawner = createSpawner(transport, { now: later })
  logged = []
  hub = await startHubApi({ users: { alice: [''], bob: [] } })
  for (const username of ['alice', 'bob']) await startServer(spawner, { username })
})

const gcOf = (action: 'list' | 'remove'): GcDeps['gc'] => ({
  hubApis: new Map([['default', { url: hub.url, token: HUB_API_TOKEN, fetch }]]),
  olderThanMs: HOUR,
  everyMs: 1000,
  action,
})
const collect = (action: 'list' | 'remove', more: Partial<GcDeps> = {}) =>
  collectGarbage({
    spawner,
    hubs: ['default'],
    gc: gcOf(action),
    log: (entry) => void logged.push(entry),
    signal: new AbortController().signal,
    ...more,
  })
const services = async () => (await listServices(spawner.docker)).length

describe('a scheduled look', () => {
  test('a scheduled look lists what is left behind, and changes nothing unless told to', async () => {
    await collect('list')
    expect(logged).toEqual([
      expect.objectContaining({
        level: 'info',
        message: 'gc: leftover',
        hub: 'default',
        username: 'bob',
        why: 'bob has no default server any more',
        outcome: 'listed',
      }),
      {
        level: 'info',
        message: 'gc',
        hub: 'default',
        services: 2,
        compared_with_hub: true,
        listed: 1,
        removed: 0,
        gone: 0,
        failed: 0,
      },
    ])
    expect(await services()).toBe(2)
  })

  test('a scheduled look removes what is left behind if the settings say so, and only that', async () => {
    await collect('remove')
    expect(logged[0]).toMatchObject({ username: 'bob', outcome: 'removed' })
    expect(logged.at(-1)).toMatchObject({ message: 'gc', removed: 1, failed: 0 })
    expect(await services()).toBe(1)
    logged = []
    await collect('remove')
    expect(logged).toMatchObject([{ message: 'gc', services: 1, removed: 0 }])
  })

  test('scheduled looks of several copies at once remove each leftover only once', async () => {
    await Promise.all([collect('remove'), collect('remove'), collect('remove')])
    const outcomes = logged.flatMap(({ outcome }) => outcome ?? [])
    expect(outcomes.filter((outcome) => outcome === 'removed')).toHaveLength(1)
    expect(outcomes).not.toContain('failed')
    expect(await services()).toBe(1)
  })

  test('a scheduled look removes nothing if the hub knows nobody', async () => {
    hub.users = { zoe: [] }
    await collect('remove')
    expect(logged.filter(({ outcome }) => outcome === 'listed')).toHaveLength(2)
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'gc: nothing was removed' }),
    )
    expect(await services()).toBe(2)
  })

  test('a scheduled look at a hub that cannot be asked removes nothing, and goes on with the next hub', async () => {
    hub.scopes = []
    await startServer(spawner, { username: 'carol', hub: 'other', service_prefix: 'other' })
    await collect('remove', { hubs: ['default', 'other'] })
    expect(logged).toMatchObject([
      { level: 'error', message: 'gc failed', hub: 'default', code: 'hub_api_missing_scopes' },
      { level: 'info', message: 'gc', hub: 'other', services: 1, compared_with_hub: false },
    ])
    expect(JSON.stringify(logged)).not.toContain(HUB_API_TOKEN)
    expect(await services()).toBe(3)
  })

  test("a scheduled look logs the Engine's words if the Engine is away, and a bug with its stack", async () => {
    const away = () => Promise.reject(new DockerError('unreachable', 'no Engine'))
    await collect('list', { spawner: createSpawner(away) })
    await collect('list', { spawner: createSpawner(() => Promise.reject(new Error('a bug'))) })
    expect(logged).toMatchObject([
      { level: 'error', message: 'gc failed', code: 'engine_unreachable', detail: 'no Engine' },
      { level: 'error', message: 'gc failed', code: 'internal' },
    ])
    expect(logged[1]?.['stack']).toContain('a bug')
  })

  test('a scheduled look that a shutdown interrupts ends without a word', async () => {
    const shutdown = new AbortController()
    hub.instead = () => {
      shutdown.abort(new Error('shut down'))
      return true
    }
    await collect('remove', { signal: shutdown.signal })
    expect(logged).toEqual([])
    expect(await services()).toBe(2)
  })
})

describe('the service', () => {
  const settings = {
    host: '127.0.0.1',
    port: 0,
    hubs: [{ hub: 'default', keys: [keyOf(SECRETS.default)] }],
    adminToken: undefined,
  }
  const log = (entry: LogEntry) => void logged.push(entry)

  test('the service looks for leftovers again and again, until it is closed', async () => {
    const service = await serve(settings, spawner, log, gcOf('remove'))
    const looks = () => logged.filter(({ message }) => message === 'gc').length
    await expect.poll(looks, { timeout: 5000 }).toBe(2)
    await service.close()
    expect(await services()).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(looks()).toBe(2)
  })

  test('the service does not look for leftovers if it is not told how often', async () => {
    const service = await serve(settings, spawner, log, { ...gcOf('remove'), everyMs: undefined })
    await new Promise((resolve) => setTimeout(resolve, 1200))
    await service.close()
    expect(logged).toEqual([])
  })
})
