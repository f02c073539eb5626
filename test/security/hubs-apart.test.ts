import fc from 'fast-check'
import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { signCall, verifySignature } from '../../handlers/caller/signature.ts'
import { RequestError } from '../../handlers/errors.ts'
import { readSettings } from '../../handlers/settings/service-settings.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { startServer } from '../support/start-server.ts'
import {
  createTestService,
  keyOf,
  SECRETS,
  send,
  signed,
  type TestService,
} from '../support/test-hub.ts'

/** What the hub `other` can learn of, and do to, the servers of the hub `default`. */

const USERS = ['alice', 'bob', 'Ælfred']
const NAMES = ['', 'lab', 'Lab']
const networks = ['jupyterhub']

type World = { service: TestService; spawner: Spawner; asked: string[]; clock: { ahead: number } }

const openWorld = (): World => {
  const clock = { ahead: 0 }
  // It stands still within a call, so that a busy machine keeps no answer longer in one world than in the other.
  const opened = Date.now()
  const now = () => opened + clock.ahead
  const { transport } = createEmbeddedEngine({ speed: 50 })
  const asked: string[] = []
  const spawner = createSpawner(
    async (request) => {
      asked.push(`${request.method} ${request.path.replace(/\?.*/, '')}`)
      return transport(request)
    },
    { now, lookPatienceMs: 60_000 },
  )
  return { service: createTestService(spawner), spawner, asked, clock }
}

/** Every server of the hub `default` that others may guess at. */
const fill = async (spawner: Spawner) => {
  for (const username of USERS)
    for (const server_name of NAMES) await startServer(spawner, { username, server_name })
}

let full: World
let empty: World
let spawnIds: string[]
beforeAll(async () => {
  full = openWorld()
  empty = openWorld()
  await fill(full.spawner)
  // Both have agreed on a version of the API, and know the networks.
  const config = { service_image: 'a', networks }
  for (const { service } of [full, empty])
    await send(service, 'explain', { server: servers[0], config }, { hub: 'other' })
  spawnIds = (await statesOfDefault()).map(({ spawn_id }) => String(spawn_id))
})

const servers = USERS.flatMap((username) => NAMES.map((server_name) => ({ username, server_name })))
const States = v.object({ servers: v.array(ServerState) })
const statesOfDefault = async (): Promise<ServerState[]> =>
  v.parse(States, await (await send(full.service, 'poll', { servers })).json()).servers

const server = fc.record(
  {
    username: fc.constantFrom(...USERS, 'nobody'),
    server_name: fc.constantFrom(...NAMES, 'none'),
    service_prefix: fc.constantFrom('jupyter', 'physics'),
  },
  { requiredKeys: ['username'] },
)
const spawnId = fc.nat(8).map((index) => spawnIds[index] ?? 'none')
const withSpawn = (more: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ server, spawn_id: spawnId, ...more }, { requiredKeys: ['server'] })

const call: fc.Arbitrary<[verb: string, data: object]> = fc.oneof(
  fc.tuple(fc.constant('poll'), fc.record({ server })),
  fc.tuple(
    fc.constant('poll'),
    fc.record({
      servers: fc.array(fc.tuple(server, spawnId).map(([one, spawn_id]) => ({ ...one, spawn_id }))),
    }),
  ),
  fc.tuple(fc.constant('stop'), withSpawn({ now: fc.boolean() })),
  fc.tuple(
    fc.constant('forget'),
    server.map(({ username, server_name }) => ({
      server: { username, ...(server_name !== undefined && { server_name }) },
    })),
  ),
  fc.tuple(
    fc.constant('explain'),
    server.map((one) => ({
      server: one,
      spawn_id: 'a',
      issued_at: 1,
      config: { service_image: 'a', networks },
    })),
  ),
)

const answerOf = async (
  { service, asked, clock, spawner }: World,
  [verb, data]: [string, object],
) => {
  asked.length = 0
  // What a look at the swarm has shown is kept for a second; here each call looks anew.
  clock.ahead += 1000
  const response = await send(service, verb, data, { hub: 'other', now: spawner.now() })
  return { status: response.status, body: await response.text(), asked: [...asked].sort() }
}

describe('a hub beside another hub', () => {
  test("a hub is answered as if the other hub's servers were not there, by the same calls of the Engine", async () => {
    const before = await statesOfDefault()
    expect(before.every(({ state }) => state === 'running')).toBe(true)
    await fc.assert(
      fc.asyncProperty(call, async (one) => {
        expect(await answerOf(full, one)).toEqual(await answerOf(empty, one))
      }),
      { numRuns: 200 },
    )
    // They run, the same as before.
    expect(await statesOfDefault()).toEqual(before)
  })

  test("a hub does not start over another hub's servers: the name is taken, and that is all it is told", async () => {
    const before = await statesOfDefault()
    for (const taken of servers) {
      const config = { service_image: 'demo/notebook:1', networks }
      const response = await send(
        full.service,
        'start',
        { server: taken, config },
        { hub: 'other' },
      )
      const body = await response.text()
      expect(response.status).toBe(409)
      expect(body).toContain('"name_taken"')
      for (const { spawn_id, service_id } of before) {
        expect(body).not.toContain(spawn_id)
        expect(body).not.toContain(service_id)
      }
      expect(body).not.toContain('default')
    }
    expect(await statesOfDefault()).toEqual(before)
  })

  test("a hub starts beside another hub's servers under a prefix of its own", async () => {
    const one = { username: 'alice', service_prefix: 'physics' }
    const data = { server: one, config: { service_image: 'demo/notebook:1', networks } }
    const response = await send(full.service, 'start', data, { hub: 'other' })
    const started = v.parse(ServerState, await response.json())
    expect(started.state).toBe('running')
    const polled = await (await send(full.service, 'poll', { server: one })).json()
    // That of a former prefix, which is its own.
    expect(v.parse(ServerState, polled).service_id).not.toBe(started.service_id)
    await send(full.service, 'stop', { server: one }, { hub: 'other' })
  })

  test.each(['default', 'other'])(
    'a hub names no other hub by ?hub=%s: only people do',
    async (named) => {
      const init = signed('poll', { server: servers[0] }, { hub: 'other' })
      const response = await full.service.app.request(`/poll?hub=${named}`, init)
      expect(await response.json()).toMatchObject({ state: 'absent' })
    },
  )
})

describe('secrets', () => {
  const secretOf = fc
    .uint8Array({ minLength: 24, maxLength: 64 })
    .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`)
  const hubs = fc
    .uniqueArray(secretOf, { minLength: 2, maxLength: 8 })
    .chain((secrets) =>
      fc.tuple(
        ...secrets.map((secret) => fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constant(secret))),
      ),
    )

  test('secrets of several hubs, several of each, name their hub in whatever order they are given', () => {
    fc.assert(
      fc.property(hubs, fc.constantFrom(',', ' ', '\n', ', '), (pairs, separator) => {
        const text = pairs.map((pair) => pair.join('=')).join(separator)
        const settings = readSettings({ SWARMSPAWNER_HUBS: text })
        for (const [hub, secret] of pairs) {
          const signed = signCall(keyOf(secret), { id: 'a', timestamp: 1, body: '{}' })
          expect(verifySignature(settings.hubs, new Headers(signed), '{}').hub).toBe(hub)
        }
      }),
    )
  })

  test('secrets are rotated without a call refused: both are good, then the new one alone', () => {
    const { default: old, other: next } = SECRETS
    const accepts = (text: string, secret: string): boolean => {
      const settings = readSettings({ SWARMSPAWNER_HUBS: text })
      const signed = signCall(keyOf(secret), { id: 'a', timestamp: 1, body: '{}' })
      try {
        return verifySignature(settings.hubs, new Headers(signed), '{}').hub === 'hub'
      } catch (error) {
        if (error instanceof RequestError) return false
        throw error
      }
    }
    const steps = [`hub=${old}`, `hub=${old},hub=${next}`, `hub=${next},hub=${old}`, `hub=${next}`]
    expect(steps.map((step) => accepts(step, old))).toEqual([true, true, true, false])
    expect(steps.map((step) => accepts(step, next))).toEqual([false, true, true, true])
  })

  test('several secrets of the only hub may be given in one variable, too', () => {
    const env = { SWARMSPAWNER_SECRET: `${SECRETS.default} ${SECRETS.other}` }
    expect(readSettings(env).hubs.map(({ hub, keys }) => [hub, keys.length])).toEqual([
      ['default', 2],
    ])
  })
})
