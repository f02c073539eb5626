import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import { serviceAnswers } from '../../lab/hub/hub-containers.ts'
import { type Hub, startHub } from '../../lab/hub/start-hub.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import type { HubApi } from '../../src/hub-api/request.ts'
import { findUser, listUsers, requireScopes } from '../../src/hub-api/users.ts'
import { findLeftovers, removeLeftover } from '../../src/spawner/gc.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { HUB_TOKEN } from '../security/stolen/hub-token.ts'
import { rowSuite } from '../security/stolen/suite.ts'
import { type HubClient, hubClient } from './hub-client.ts'
import { configOf } from './hub-world.ts'
import { swarmView } from './swarm-view.ts'

const signal = new AbortController().signal
const newToken = () => randomBytes(16).toString('hex')
const TOKENS = { GC_TOKEN: newToken(), BLIND_TOKEN: newToken(), NARROW_TOKEN: newToken() }

/** Who there is, and which servers; that somebody was active is no change. */
const Everything = v.array(
  v.object({
    name: v.string(),
    admin: v.boolean(),
    servers: v.record(v.string(), v.object({ ready: v.boolean() })),
  }),
)

/** What a real hub tells of its servers, and what is then taken for left behind. */
export const gcSuite = (engine: () => RealEngine, release: Release): void => {
  let hub: Hub
  let client: HubClient
  beforeAll(async () => {
    hub = await startHub({
      engine: engine(),
      release,
      port: 0,
      extraConfig: configOf('gc_config.py'),
      env: TOKENS,
      serviceEnv: {
        SWARMSPAWNER_HUB_API: 'http://hub:8081/hub/api',
        SWARMSPAWNER_HUB_API_TOKEN: TOKENS.GC_TOKEN,
        SWARMSPAWNER_GC_EVERY: '2s',
      },
    })
    client = hubClient(hub)
  }, 180_000)
  afterAll(() => hub?.stop(), 60_000)

  const apiOf = (token: string): HubApi => ({ url: `${hub.url}/hub/api`, token, fetch })

  test.each([
    ['BLIND_TOKEN', 'lacks read:servers'],
    ['NARROW_TOKEN', 'lacks list:users'],
  ] as const)(
    'a token that does not show everything is told from one that does: %s',
    async (name, words) => {
      await requireScopes(apiOf(TOKENS.GC_TOKEN), signal)
      await expect(requireScopes(apiOf(TOKENS[name]), signal)).rejects.toThrow(words)
      const nobody = requireScopes(apiOf(newToken()), signal)
      await expect(nobody).rejects.toThrow('the hub refuses the token')
    },
  )

  test('the service sees from the answer, too, that a token has no read:servers', async () => {
    await client.api('POST', '/users/alice')
    const listing = listUsers(apiOf(TOKENS.BLIND_TOKEN), signal)
    await expect(listing).rejects.toThrow('does not show the servers')
  })

  describe('servers that run, start, and were forgotten', () => {
    const view = () => swarmView(hub.docker)
    const scale = async (replicas: number) => {
      await hub.docker(['service', 'scale', '--detach', `${hub.spawnerServiceName}=${replicas}`])
      const containers = () => view().containers(hub.spawnerServiceName)
      await expect.poll(containers, { timeout: 20_000 }).toHaveLength(replicas)
      if (replicas > 0) await serviceAnswers(hub.docker, hub.hubServiceName)
    }
    test('a hub forgets a server whose stop fails', async () => {
      await client.start({ user: 'alice' })
      await client.start({ user: 'alice', name: 'lab' })
      await scale(0)
      await client.stop({ user: 'alice', name: 'lab' })
      const known = () => client.servers('alice')
      await expect.poll(known, { timeout: 30_000 }).not.toHaveProperty('lab')
      await scale(1)
      expect(await view().names('jupyter-')).toHaveLength(2)
    }, 120_000)

    test('the hub lists the servers that run and start, also while the start is pending', async () => {
      const { status } = await Promise.race([
        client.request({ user: 'late' }),
        new Promise<{ status: number }>((resolve) => setTimeout(resolve, 3000, { status: 202 })),
      ])
      expect(status).toBe(202)
      expect((await client.servers('late'))['']).toMatchObject({ ready: false, pending: 'spawn' })
      const users = await listUsers(apiOf(TOKENS.GC_TOKEN), signal)
      expect(users.get('alice')).toEqual(new Set(['']))
      expect(users.get('late')).toEqual(new Set(['']))
      expect(await findUser(apiOf(TOKENS.GC_TOKEN), 'late', signal)).toEqual(new Set(['']))
      expect(await findUser(apiOf(TOKENS.GC_TOKEN), 'nobody', signal)).toBeUndefined()
    })

    test('the server that the hub forgot is found and removed, and nothing else', async () => {
      const transport = nodeTransport({ host: engine().dockerHost })
      const spawner = createSpawner(transport, { now: () => Date.now() + 20 * 60_000 })
      const hubApi = apiOf(TOKENS.GC_TOKEN)
      const look = () => findLeftovers(spawner, { hub: hub.stack, hubApi, olderThanMs: 0, signal })
      const { leftovers, services, doubt } = await look()
      expect(leftovers.map(({ why }) => why)).toEqual(['alice has no server "lab" any more'])
      expect({ services, doubt }).toEqual({ services: 3, doubt: undefined })
      for (const leftover of leftovers) await removeLeftover(spawner, leftover, signal)
      expect(await look()).toMatchObject({ leftovers: [], services: 2 })
      await expect.poll(() => client.isReady({ user: 'late' }), { timeout: 90_000 }).toBe(true)
      expect((await client.ask({ user: 'alice' }, 'api')).status).toBe(200)
      await transport.close()
    })

    rowSuite(HUB_TOKEN, (given) => ({
      expect: given,
      api: async (method, path, body) => {
        const headers = { authorization: `token ${TOKENS.GC_TOKEN}` }
        const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
        const answer = await fetch(`${hub.url}/hub/api${path}`, init)
        return { status: answer.status, text: await answer.text() }
      },
      everything: async () => v.parse(Everything, (await client.api('GET', '/users')).json),
    }))

    test('the service compares with the hub by itself, and never logs the token', async () => {
      const logs = () => hub.logs('swarmspawner')
      await expect
        .poll(logs, { timeout: 20_000 })
        .toMatch(/"message":"gc".*"services":2,"compared_with_hub":true,"listed":0/)
      expect(await logs()).not.toContain(TOKENS.GC_TOKEN)
    })
  })
}
