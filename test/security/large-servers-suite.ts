import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { summarizeServices } from '../../src/docker/services.ts'
import { findLeftovers, removeLeftover } from '../../src/spawner/gc.ts'
import { listServers } from '../../src/spawner/list-servers.ts'
import { isOurLabel, writeLabels } from '../../src/spawner/server/labels.ts'
import { serviceName } from '../../src/spawner/server/service-name.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import type { World } from '../live/world.ts'
import { HUB_API_TOKEN, startHubApi } from '../support/hub-api-server.ts'
import { ask, send } from '../support/test-hub.ts'

/** Forty servers and more of Mallory's, of 860 KB each: together they are more than any answer of the Engine may be. */
const MANY = 45
const BYTES = 860_000

const States = v.object({ servers: v.array(ServerState) })
const Services = v.array(v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) }))
const { signal } = new AbortController()

type LargeServer = { username: string; server_name: string; service_prefix?: string }

/** A service of a hub as a start makes it, and as large as told; no node takes its task. */
export const largeService = (
  server: LargeServer,
  { env, replicas = 1 }: { env: readonly string[]; replicas?: number },
) => {
  const labels = writeLabels({
    hub: 'default',
    serviceName: serviceName(server),
    username: server.username,
    serverName: server.server_name,
    spawnId: 'large',
    issuedAt: 1,
    port: 8888,
    startTimeoutS: 60,
  })
  return {
    Name: serviceName(server),
    Labels: labels,
    TaskTemplate: {
      ContainerSpec: { Image: 'scenario/notebook:1', Labels: labels, Env: env },
      Placement: { Constraints: ['node.labels.nope==1'] },
      RestartPolicy: { Condition: 'none' },
    },
    Mode: { Replicated: { Replicas: replicas } },
  }
}

/** So many bytes of environment, in variables that a program can be started with. */
export const variables = (bytes: number, letter = 'x'): string[] =>
  Array.from({ length: Math.ceil(bytes / 80_000) }, (_, i) => `V${i}=${letter.repeat(80_000)}`)

const server = (username: string, server_name = ''): LargeServer => ({ username, server_name })
const keyOf = ({ username, server_name }: LargeServer) => `${username}/${server_name}`
const larges = Array.from({ length: MANY }, (_, index) => server('mallory', `s${index}`))
/** Swarm writes `<` with six letters: a service of 1.2 MB is an answer of 7 MB. */
const written = server('mallory', 'written')
const all = [...larges, written]
const first = server('mallory', 's0')
const bob = server('bob')
const config = { networks: ['jupyterhub'], container_spec: { image: 'scenario/notebook:1' } }

/** One server's size hides no other, nor itself: what is too large for one answer is asked for in parts. */
export const largeServersSuite = (open: () => Promise<World>): void => {
  let world: World
  beforeAll(async () => {
    world = await open()
    const state = await ask(world.service, 'start', { server: bob, config, wait_s: 30 })
    expect(state).toMatchObject({ state: 'running' })
  }, 180_000)
  afterAll(() => world?.close())

  const create = async (replicas: number) => {
    for (const large of all) {
      const env = large === written ? variables(1_200_000, '<') : variables(BYTES)
      const spec = largeService(large, { env, replicas })
      expect(await world.engine('POST', '/services/create', spec)).toMatchObject({ status: 201 })
    }
  }
  const pollMany = async (servers: readonly object[]) => {
    const answer = await send(world.service, 'poll', { servers })
    expect(answer.status).toBe(200)
    return v.parse(States, await answer.json()).servers.map(({ state }) => state)
  }
  const serviceNames = async () =>
    v
      .parse(Services, (await world.engine('GET', '/services')).json)
      .map(({ Spec }) => Spec.Name)
      .sort()
  const leftOver = async () => {
    const hub = await startHubApi({ users: { bob: [''], mallory: [] } })
    const later = { ...world.spawner, now: () => Date.now() + 3_600_000 }
    const hubApi = { url: hub.url, token: HUB_API_TOKEN, fetch }
    return findLeftovers(later, { hub: 'default', hubApi, olderThanMs: 0, signal })
  }
  const forgetAll = async () => {
    const answer = await send(world.service, 'forget', { server: { username: 'mallory' } })
    expect(await answer.json()).toMatchObject({ failed: [] })
  }

  // Swarm's scheduler itself places nothing while tasks wait of which two are more than it can store at once.
  describe('services without a task', () => {
    beforeAll(() => create(0), 60_000)

    test('a poll of large services that are gone says so', async () => {
      const gone = [server('mallory', 'none'), server('carol')]
      expect(await pollMany([...gone, bob])).toEqual(['absent', 'absent', 'running'])
      for (const one of gone)
        expect(await ask(world.service, 'poll', { server: one })).toMatchObject({ state: 'absent' })
    })

    test('another user starts and stops a server beside large services', async () => {
      const carol = server('carol')
      const state = await ask(world.service, 'start', { server: carol, config, wait_s: 30 })
      expect(state).toMatchObject({ state: 'running' })
      expect(await ask(world.service, 'stop', { server: carol })).toMatchObject({ state: 'absent' })
    })

    test('large services are all listed, and little of them is held', async () => {
      const listed = await listServers(world.spawner, 'default', signal)
      expect(listed.map(keyOf).sort()).toEqual([...all, bob].map(keyOf).sort())
      const label = ['org.swarmspawner.hub=default']
      const asked = { filters: { label }, keepsLabel: isOurLabel }
      const { items, unread } = await summarizeServices(world.spawner.docker, asked)
      expect(unread).toEqual([])
      expect(JSON.stringify(items).length).toBeLessThan(1000 * (MANY + 2))
    })

    test('the user of large services is forgotten', async () => {
      await forgetAll()
      expect(await serviceNames()).toEqual([serviceName(bob)])
    })
  })

  describe('tasks', () => {
    beforeAll(async () => {
      await create(1)
      // Swarm makes a task a moment after its service.
      const tasks = async () =>
        v.parse(v.array(v.unknown()), (await world.engine('GET', '/tasks')).json)
      await vi.waitFor(async () => expect(await tasks()).toHaveLength(MANY + 2), 60_000)
    }, 120_000)

    test('a poll of all servers with large tasks tells how each is', async () => {
      expect(await pollMany([...all, bob])).toEqual([...all.map(() => 'starting'), 'running'])
    })

    test('a poll of one server with large tasks tells how it is', async () => {
      expect(await ask(world.service, 'poll', { server: bob })).toMatchObject({ state: 'running' })
      const state = await ask(world.service, 'poll', { server: first })
      expect(state).toMatchObject({ state: 'starting', spawn_id: 'large' })
    })

    test('polls of large tasks that wait for a change see one', async () => {
      const { cursor } = await ask(world.service, 'poll', { server: bob })
      const waiting = ask(world.service, 'poll', { server: bob, cursor, wait_s: 30 })
      const others = all.map(async (large) => {
        const seen = await ask(world.service, 'poll', { server: large })
        return ask(world.service, 'poll', { server: large, cursor: seen.cursor, wait_s: 2 })
      })
      expect(await Promise.all(others)).toHaveLength(all.length)
      await ask(world.service, 'stop', { server: bob, now: true })
      expect((await waiting).state).toMatch(/absent|stopping/)
    })

    test('a server with large tasks is found under a former prefix, and stopped', async () => {
      const former = { ...first, service_prefix: 'another' }
      const polled = await ask(world.service, 'poll', { server: former })
      expect(polled).toMatchObject({ state: 'starting', service_name: serviceName(first) })
      await ask(world.service, 'stop', { server: former, now: true })
      expect(await serviceNames()).not.toContain(serviceName(first))
    })

    test('gc finds the large servers that the hub does not have, and removes one of them', async () => {
      const { leftovers, ...survey } = await leftOver()
      expect(survey).toMatchObject({ services: MANY, doubt: undefined, unread: [] })
      const [leftover] = leftovers
      expect(leftovers).toHaveLength(MANY)
      if (!leftover) throw new Error('nothing is left over')
      expect(await removeLeftover(world.spawner, leftover, signal)).toEqual({ outcome: 'removed' })
    })

    test('all other large servers of the user are forgotten', async () => {
      await forgetAll()
      expect(await serviceNames()).toEqual([])
    })
  })
}
