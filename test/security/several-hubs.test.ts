import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../../handlers/settings/service-settings.ts'
import { spawnerFromEnv } from '../../handlers/spawner.node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { ownerHash } from '../../src/spawner/server/service-name.ts'
import {
  createTestService,
  type HubName,
  refused,
  SECRETS,
  send,
  type TestService,
} from '../support/test-hub.ts'

/** The service as `swarmspawner serve` makes it of its environment, before an engine that many talk to. */
let listening: Awaited<ReturnType<typeof listenEmbedded>>
beforeAll(async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'swarmspawner-')), 'engine.sock')
  listening = await listenEmbedded(createEmbeddedEngine({ speed: 20 }), `unix://${path}`)
})
afterAll(() => listening.close())

const HUBS = `default=${SECRETS.default},other=${SECRETS.other}`
const open = async (more: Record<string, string>): Promise<TestService> => {
  const env = { DOCKER_HOST: listening.dockerHost, DOCKER_CONFIG: '/none', ...more }
  const { hubs } = readSettings(env)
  return createTestService(await spawnerFromEnv(env), { hubs })
}

let count = 0
const startWith = (config: object) => ({
  server: { username: 'alice', server_name: `s${count++}` },
  config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'], ...config },
})
const home = (source: string) => startWith({ mounts: [{ source, target: '/home' }] })
const startsAs = async (service: TestService, data: object, hub: HubName): Promise<boolean> =>
  (await send(service, 'start', data, { hub })).status === 200

describe('the homes of two users who are called alice, of two hubs', () => {
  const names = ['jupyter-{username}', 'home', 'other.home-{username}', `x-${ownerHash('alice')}`]

  test('the homes of two users called alice, of two hubs, have names that each hub has alone', async () => {
    const service = await open({ SWARMSPAWNER_HUBS: HUBS })
    for (const name of names) expect(await startsAs(service, home(name), 'default')).toBe(false)
    for (const hub of ['default', 'other'] as const)
      expect(await startsAs(service, home(`${hub}.home-{username}`), hub)).toBe(true)
  })

  test('the homes of users of two hubs have the names of before if the policy says so', async () => {
    const volume = ['{hub}', '{hub}.*', 'jupyter-{username}']
    const SWARMSPAWNER_POLICY = JSON.stringify({ admin: { mounts: { volume } } })
    const service = await open({ SWARMSPAWNER_HUBS: HUBS, SWARMSPAWNER_POLICY })
    for (const hub of ['default', 'other'] as const) {
      const data = { ...home('jupyter-{username}') }
      expect(await startsAs(service, data, hub)).toBe(true)
    }
    expect(await startsAs(service, home('other.home'), 'default')).toBe(false)
  })

  test('the homes of one hub have any name, as before', async () => {
    const service = await open({ SWARMSPAWNER_SECRET: SECRETS.default })
    for (const name of names) expect(await startsAs(service, home(name), 'default')).toBe(true)
  })
})

describe('a prefix of services', () => {
  test("the prefix of services that is a hub's name is that hub's own, and no other's", async () => {
    const service = await open({ SWARMSPAWNER_HUBS: HUBS })
    const data = startWith({ service_prefix: 'other' })
    const problem = await refused(service, 'start', data)
    expect(problem).toMatchObject({
      code: 'not_allowed',
      issues: [{ path: 'service_prefix', message: expect.stringContaining('"default"') }],
    })
    expect(problem.detail).not.toContain('"other"')
    expect(await startsAs(service, data, 'other')).toBe(true)
  })

  test('a prefix of services is judged also if it comes with the server', async () => {
    const service = await open({ SWARMSPAWNER_HUBS: HUBS })
    const { server, ...more } = startWith({})
    const data = { ...more, server: { ...server, service_prefix: 'other-lab' } }
    expect(await refused(service, 'start', data)).toMatchObject({ code: 'not_allowed' })
  })

  test('a prefix of services of before goes on, whatever the service was started with', async () => {
    const before = await open({ SWARMSPAWNER_SECRET: SECRETS.default })
    const { server, ...more } = startWith({})
    const data = { ...more, server: { ...server, service_prefix: 'other' } }
    expect(await startsAs(before, data, 'default')).toBe(true)
    const service = await open({ SWARMSPAWNER_HUBS: HUBS })
    // Only a start takes a name: a server that runs is polled and stopped under that of before.
    for (const verb of ['poll', 'stop'])
      expect((await send(service, verb, { server: data.server })).status).toBe(200)
  })
})
