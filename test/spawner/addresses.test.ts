import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { EMBEDDED_VERSIONS, type EmbeddedVersion } from '../../src/embedded/recordings.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ADDRESS_ADVICE } from '../../src/spawner/state/address-words.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { sentenceOn } from '../../src/spawner/state/user-message.ts'
import { ask, createTestService, send } from '../support/test-hub.ts'

/** How much faster than ours the clock of the service and of the Engine goes. */
const SPEED = 10

type Range = { Subnet: string; IPRange?: string }

/** The service before an embedded engine, and what it asked of it. */
const openWorld = async (as: EmbeddedVersion = '28.5') => {
  const begun = performance.now()
  const now = () => Date.parse('2026-11-28T10:00:00Z') + (performance.now() - begun) * SPEED
  const engine = createEmbeddedEngine({ as, now })
  const asked: string[] = []
  let isSilent = false
  const transport = fetchTransport('http://embedded', async (url, init) => {
    const { pathname, search } = new URL(String(url))
    asked.push(`${init?.method} ${pathname.replace(/^\/v1\.\d+/, '')}${search}`)
    const answer = await engine.fetch(new Request(url, init))
    return isSilent && pathname.endsWith('/tasks') ? neverAllocated(answer) : answer
  })
  const call = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await engine.fetch(new Request(`http://docker${path}`, init))
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
  }
  const service = createTestService(createSpawner(transport, { now }))
  const say = (verb: string, data: object) => ask(service, verb, data, { now: now() })
  const serverOf = (username: string) => ({ username, server_name: '' })
  const start = (username: string, networks: string[], more: object = {}, data: object = {}) => {
    const config = { container_spec: { image: 'lab/notebook:1' }, networks, ...more }
    const server = serverOf(username)
    return say('start', { server, spawn_id: username, issued_at: 1, config, ...data })
  }
  const explain = async (more: object) => {
    const config = {
      container_spec: { image: 'lab/notebook:1' },
      networks: ['jupyterhub'],
      ...more,
    }
    const data = { server: serverOf('late'), config }
    const answer = await send(service, 'explain', data, { now: now() })
    return v.parse(Explained, await answer.json())
  }
  return {
    asked,
    call,
    start,
    explain,
    poll: (username: string, more: object = {}) =>
      say('poll', { server: serverOf(username), ...more }),
    stop: (username: string) =>
      say('stop', { server: serverOf(username), spawn_id: username, now: true }),
    createNetwork: (Name: string, ...Config: Range[]) =>
      call('POST', '/networks/create', { Name, Driver: 'overlay', IPAM: { Config } }),
    fill: async (network: string, count: number, more: object = {}) => {
      for (let number = 1; number <= count; number++)
        expect(await start(`holder-${number}`, [network], more)).toMatchObject({ state: 'running' })
    },
    serviceNames: async () => (await call('GET', '/services')).json.length,
    fallSilent: () => {
      isSilent = true
    },
  }
}

const Explained = v.object({ would_start: v.boolean(), obstacles: v.array(v.unknown()) })
const Tasks = v.array(v.looseObject({ Status: v.looseObject({ Timestamp: v.string() }) }))

/** As a leader whose allocator does not go on. */
const neverAllocated = async (answer: Response): Promise<Response> => {
  const tasks = v.parse(Tasks, await answer.json()).map(({ NetworksAttachments: _, ...task }) => ({
    ...task,
    Status: { ...task.Status, State: 'new', Message: 'created' },
  }))
  return new Response(JSON.stringify(tasks), answer)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms / SPEED))
const messagesOf = ({ events }: { events: readonly { message: string }[] }) =>
  events.map(({ message }) => message)
/** The lists of all tasks and all services, which nothing but a full network is worth. */
/** The lists that tell who has addresses. `explain` asks `GET /tasks` without a filter, too: for what tasks hold of the nodes. */
const isWholeList = (path: string) =>
  /^GET \/services$/.test(path) || (/^GET \/tasks\?/.test(path) && !path.includes('name'))

describe.concurrent.each(EMBEDDED_VERSIONS)('Engine %s', (as) => {
  test('the fifth server in a /29 is told at once that there is no address, and ends soon', async () => {
    const { start, createNetwork, fill, serviceNames } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 4)
    const counted = 'network tiny (10.77.0.0/29): 5 of 5 in use'
    const failed = await start('late', ['tiny'], {}, { start_timeout: 300 })
    expect(failed).toMatchObject({
      state: 'failed',
      status: 1,
      url: null,
      reason: `no free address in ${counted}`,
      advice: ADDRESS_ADVICE.full,
      user_message: sentenceOn('no_address'),
      task: { state: 'new' },
    })
    expect(messagesOf(failed)).toEqual(['Service created', `Waiting for an address in ${counted}`])
    expect(await serviceNames()).toBe(4)
  })

  test('an address that a server is about to give back is waited for', async () => {
    const { start, stop, createNetwork, fill } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    // It takes 13 s to stop: longer than a start waits for nothing.
    await fill('tiny', 4, { container_spec: { image: 'lab/ignores-sigterm:1' } })
    await stop('holder-2')
    const state = await start('late', ['tiny'], {}, { start_timeout: 300 })
    expect(state).toMatchObject({ state: 'running', reason: null })
    expect(messagesOf(state)).toContain(
      'Waiting for an address in network tiny (10.77.0.0/29): 5 of 5 in use',
    )
  })

  test('explain tells of a network without room, unless somebody is about to give an address back', {
    timeout: 90_000,
  }, async () => {
    const { explain, stop, createNetwork, fill } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 4, { container_spec: { image: 'lab/ignores-sigterm:1' } })
    const config = { networks: ['jupyterhub', 'tiny'] }
    const reason = 'no free address in network tiny (10.77.0.0/29): 5 of 5 in use; stop servers'
    expect(await explain(config)).toEqual({
      would_start: false,
      obstacles: [{ from: 'networks.1', reason: expect.stringContaining(reason) }],
    })
    await stop('holder-2')
    // What the Engine said is good for some seconds, and longer where it answers slowly.
    const told = () => explain(config)
    await expect.poll(told, { timeout: 60_000 }).toEqual({ would_start: true, obstacles: [] })
  })

  test('explain tells of a network without room for a virtual IP', async () => {
    const { explain, createNetwork, fill } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 3)
    const counted = 'too few free addresses in network tiny (10.77.0.0/29): 4 of 5 in use'
    expect(await explain({ networks: ['tiny'] })).toEqual({ would_start: true, obstacles: [] })
    expect(await explain({ networks: ['tiny'], endpoint: 'vip' })).toMatchObject({
      would_start: false,
      obstacles: [{ reason: expect.stringContaining(counted) }],
    })
  })

  test('explain tells of a network that is too small for one server', async () => {
    const { explain, createNetwork } = await openWorld(as)
    await createNetwork('one', { Subnet: '10.77.0.0/30' })
    expect(await explain({ networks: ['one'] })).toMatchObject({
      would_start: false,
      obstacles: [{ reason: expect.stringContaining('network one (10.77.0.0/30): 0 of 1 in use') }],
    })
  })

  test('explain counts the addresses once for all who ask, or not at all', async () => {
    const { explain, asked } = await openWorld(as)
    await explain({})
    await Promise.all([explain({}), explain({}), explain({})])
    // Before API 1.52 the network itself does not tell how many are left.
    expect(asked.filter((path) => path === 'GET /services')).toHaveLength(as === '29.7' ? 0 : 1)
    expect(asked.filter((path) => /^GET \/tasks.*attachment/.test(path))).toHaveLength(
      as === '29.7' ? 0 : 1,
    )
  })

  test('of several networks, the full one is named', async () => {
    const { start, createNetwork, fill } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 4)
    const { reason } = await start('late', ['jupyterhub', 'tiny'])
    expect(reason).toBe('no free address in network tiny (10.77.0.0/29): 5 of 5 in use')
  })

  test('the addresses of all subnets count, and only those of an ip-range', async () => {
    const { start, createNetwork, fill } = await openWorld(as)
    const ranges = [
      { Subnet: '10.77.0.0/29' },
      { Subnet: '10.78.0.0/24', IPRange: '10.78.0.128/30' },
    ]
    await createNetwork('two', ...ranges)
    await fill('two', 7)
    const { reason } = await start('late', ['two'])
    expect(reason).toBe(
      'no free address in network two (10.77.0.0/29, 10.78.0.0/24): 8 of 8 in use',
    )
  })

  test('a virtual IP is an address more for each server', async () => {
    const { start, createNetwork, fill } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 2, { endpoint: 'vip' })
    const { state, reason } = await start('late', ['tiny'], { endpoint: 'vip' })
    expect({ state, reason }).toEqual({
      state: 'failed',
      reason: 'no free address in network tiny (10.77.0.0/29): 5 of 5 in use',
    })
  })

  test('a node without an address of its own in the network is told with the same advice', async () => {
    const { start, createNetwork } = await openWorld(as)
    await createNetwork('one', { Subnet: '10.77.0.0/30' })
    expect(await start('alone', ['one'])).toMatchObject({
      state: 'failed',
      reason: 'node is missing network attachments, ip addresses may be exhausted',
      advice: ADDRESS_ADVICE.full,
      user_message: sentenceOn('no_address'),
    })
  })

  test.each([
    ['that overlaps another one', { Subnet: '10.128.16.0/20' }],
    ['of IPv6', { Subnet: 'fd00:77::/64' }],
  ])(
    'a network with a subnet %s is told to be one that Swarm could not set up',
    async (_, range) => {
      const { start, createNetwork } = await openWorld(as)
      await createNetwork('odd', range)
      const failed = await start('alice', ['odd'], {}, { start_timeout: 300 })
      expect(failed).toMatchObject({
        state: 'failed',
        reason: 'Swarm could not set up network odd',
        advice: ADDRESS_ADVICE.not_set_up,
        user_message: sentenceOn('network_not_set_up'),
      })
      expect(messagesOf(failed)).toContain('Swarm could not set up network odd')
    },
  )

  test('a task that is left alone with addresses free is waited for, and told with the numbers', async () => {
    const { start, createNetwork, fallSilent } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    fallSilent()
    const failed = await start('alice', ['tiny'], {}, { start_timeout: 20 })
    const reason =
      /^Not running within 20 s: Swarm has not allocated the task, though addresses are free in network tiny \(10\.77\.0\.0\/29\): [02] of 5 in use$/
    expect(failed).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(reason),
      advice: ADDRESS_ADVICE.not_told,
      user_message: sentenceOn('not_allocated'),
    })
    expect(messagesOf(failed)).toContain('Waiting for Swarm, which has not allocated the task yet')
  })

  test('a hundred starts in a full network ask as often as one', async () => {
    const { start, createNetwork, fill, asked } = await openWorld(as)
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 4)
    const before = asked.length
    const begun = performance.now()
    const ended = await Promise.all(
      Array.from({ length: 100 }, (_, number) => start(`late-${number}`, ['tiny'])),
    )
    const seconds = ((performance.now() - begun) * SPEED) / 1000
    expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['failed']))
    // Each answer is good for five seconds. The first is asked for by id, as all others are.
    const most = Math.ceil(seconds / 5) + 1
    const calls = asked.slice(before)
    expect(calls.filter((path) => path.startsWith('GET /networks/')).length).toBeLessThanOrEqual(
      most + 1,
    )
    expect(calls.filter(isWholeList).length).toBeLessThanOrEqual(2 * most)
  })
})

test('a start that goes well asks nothing of all this', async () => {
  const { start, asked } = await openWorld()
  await start('alice', ['jupyterhub'])
  const before = asked.length
  expect(await start('bob', ['jupyterhub'])).toMatchObject({ state: 'running' })
  expect(asked.slice(before).filter(isWholeList)).toEqual([])
  expect(asked.slice(before).filter((path) => path.includes('/networks/'))).toEqual([])
})

describe('a poll', () => {
  const pollUntilReason = async (poll: (username: string) => Promise<ServerState>) => {
    for (;;) {
      const state = await poll('late')
      if (state.reason !== null) return state
      await pause(100)
    }
  }

  test('says why a server waits for an address, and ends it as a start does', async () => {
    const { start, poll, createNetwork, fill, serviceNames } = await openWorld()
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 4)
    await start('late', ['tiny'], {}, { wait_s: 0 })
    const waiting = await pollUntilReason(poll)
    expect(waiting).toMatchObject({
      state: 'starting',
      status: null,
      reason: 'no free address in network tiny (10.77.0.0/29): 5 of 5 in use',
    })
    await pause(6000)
    expect(await poll('late')).toMatchObject({ state: 'failed', reason: waiting.reason })
    expect(await serviceNames()).toBe(4)
  })

  test('that waits for a change does not come back at once', async () => {
    const { start, stop, poll, createNetwork, fill } = await openWorld()
    await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
    await fill('tiny', 4, { container_spec: { image: 'lab/ignores-sigterm:1' } })
    await start('late', ['tiny'], {}, { wait_s: 0 })
    await stop('holder-1')
    const { cursor, state } = await pollUntilReason(poll)
    expect(state).toBe('starting')
    const begun = performance.now()
    const changed = await poll('late', { cursor, wait_s: 5 })
    expect(changed.cursor).not.toBe(cursor)
    // The address is there 13 s after the stop. One look takes 0.1 s of ours.
    expect(performance.now() - begun).toBeGreaterThan(300)
  })
})
