import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { explain } from '../../../src/spawner/explain.ts'
import type { Policy } from '../../../src/spawner/policy/policy.ts'
import type { Spawner } from '../../../src/spawner/spawner.ts'
import { start } from '../../../src/spawner/start.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'
import { createTestService, refused } from '../../support/test-hub.ts'
import { openWorld, policyWith, startOf } from './quota-world.ts'

const { signal } = new AbortController()

const RESOURCES = {
  nodeResources: [
    {
      nanoCpus: 64e9,
      memoryBytes: 256 * 2 ** 30,
      genericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 20 } }],
    },
  ],
}

const withResources = (username: string, resource_spec: object, more: object = {}) => {
  const start = startOf(username, more)
  return { ...start, config: { ...start.config, resource_spec } }
}

/** What becomes of starts, one after the other: `running`, or the sentence for the user. */
const inTurn = async (policy: Policy, starts: readonly object[]): Promise<string[]> => {
  const world = openWorld(policy, RESOURCES)
  const told: string[] = []
  for (const start of starts) {
    const one = await world.begin(start)
    told.push(one === 'running' ? one : `${one.code}: ${one.userMessage}`)
  }
  return told
}

describe('a start that exceeds a quota is told', () => {
  test('of servers of a hub', async () => {
    expect(
      await inTurn(policyWith({ hub: { servers: 2 } }), [startOf('a'), startOf('b'), startOf('c')]),
    ).toEqual([
      'running',
      'running',
      'quota_exceeded: All 2 places for this system are in use. Please try again when another server has stopped.',
    ])
  })

  test('of servers of a user, whose turn it is', async () => {
    const named = (server_name: string) => startOf('a', { server: { username: 'a', server_name } })
    expect(
      await inTurn(policyWith({ user: { servers: 1 } }), [startOf('a'), startOf('b'), named('x')]),
    ).toEqual([
      'running',
      'running',
      'quota_exceeded: The only place for you is in use. Please stop a server that you do not need, and start this one again.',
    ])
  })

  test('of GPUs of a group, and others are free to start', async () => {
    const gpus = (user: string, gpu: number, groups: string[]) =>
      withResources(user, { generic_resources: { gpu } }, { groups })
    expect(
      await inTurn(policyWith({ groups: { course: { generic: { gpu: 3 } } } }), [
        gpus('a', 2, ['course', 'x']),
        gpus('b', 2, ['course']),
        gpus('c', 1, ['course']),
        gpus('d', 2, ['x']),
        startOf('e', { groups: ['course'] }),
        gpus('f', 4, ['course']),
      ]),
    ).toEqual([
      'running',
      'quota_exceeded: Of 3 gpu for your group, 1 gpu is free, and your server needs 2 gpu. Please try again when another server has stopped.',
      'running',
      'running',
      'running',
      'quota_exceeded: Your server needs 4 gpu, which is more than the 3 gpu for your group. Please choose something smaller, or tell your administrator.',
    ])
  })

  test('of memory and CPUs, by the larger of limit and reservation', async () => {
    const policy = policyWith({ hub: { memory: '4G', cpus: 3 } })
    const asked = (user: string, spec: object) => withResources(user, spec)
    expect(
      await inTurn(policy, [
        asked('a', { mem_limit: '1G', mem_reservation: '512M', cpu_limit: 1e9 }),
        asked('b', { mem_reservation: '2G', cpu_reservation: 1e9 }),
        asked('c', { mem_limit: '2G', cpu_limit: 1e9 }),
        asked('d', { mem_limit: '1G', cpu_limit: 1.5e9 }),
        asked('e', { mem_limit: '1G' }),
      ]),
    ).toEqual([
      'running',
      'running',
      'quota_exceeded: Of 4 GiB for this system, 1 GiB is free, and your server needs 2 GiB. Please try again when another server has stopped.',
      'quota_exceeded: Of 3 CPU for this system, 1 CPU is free, and your server needs 1.5 CPU. Please try again when another server has stopped.',
      'quota_exceeded: Your server has no limit of what it uses, which it needs here. Please tell your administrator.',
    ])
  })

  test('of a profile: of all, of each user, and of groups', async () => {
    const quota = { servers: 3, user: { servers: 1 }, groups: { course: { servers: 1 } } }
    const gpu = (username: string, server_name: string, groups: string[] = []) => ({
      ...startOf(username, { profile: { slug: 'gpu', quota }, groups }),
      server: { username, server_name },
    })
    const told = await inTurn(policyWith(undefined), [
      gpu('a', ''),
      gpu('a', '2'),
      startOf('a', { server: { username: 'a', server_name: '3' } }),
      gpu('b', '', ['course']),
      gpu('c', '', ['course']),
      gpu('d', ''),
      gpu('e', ''),
    ])
    expect(told.map((one) => one.replace(/(in use)\..*/, '$1'))).toEqual([
      'running',
      'quota_exceeded: The only place for you is in use',
      'running',
      'running',
      'quota_exceeded: The only place for your group is in use',
      'running',
      'quota_exceeded: All 3 places for this kind of server are in use',
    ])
  })

  test('the log is told which quota it is and who holds the places, and the user no names', async () => {
    const policy = policyWith({ hub: { servers: 1 } })
    const { spawner, begin } = openWorld(policy)
    await begin(startOf('alice', { server: { username: 'alice', server_name: 'lab' } }))
    const problem = await refused(createTestService(spawner), 'start', startOf('bob'))
    expect(problem).toMatchObject({ status: 409, code: 'quota_exceeded', retryable: false })
    expect(problem.detail).toContain(
      'policy: quotas.hub.servers: 1 server of 1 server in use, and this server takes 1 server; they are held by alice (lab)',
    )
    expect(problem.user_message).not.toContain('alice')
  })
})

/** Starts a server and does not wait for it. */
const enters = async (spawner: Spawner, given: object): Promise<string | undefined> => {
  const request = v.parse(StartRequest, given)
  const options = { hub: 'default', request, signal, enough: AbortSignal.abort() }
  for await (const { state } of start(spawner, options)) return state
  return undefined
}

describe('a place is counted once', () => {
  const policy = policyWith({ hub: { servers: 1 } })

  test('when the same server starts again', async () => {
    const world = openWorld(policy)
    expect(await world.begin(startOf('a', { spawn_id: '1', issued_at: 1 }))).toBe('running')
    expect(await world.begin(startOf('a', { spawn_id: '2', issued_at: 2 }))).toBe('running')
    expect(await world.staying()).toEqual(['a'])
  })

  test('when a call comes again, also if others came after it', async () => {
    const world = openWorld(policyWith({ hub: { servers: 2 } }))
    const again = startOf('a', { spawn_id: '1', issued_at: 1 })
    expect(await world.begin(again)).toBe('running')
    expect(await world.begin(startOf('b'))).toBe('running')
    expect(await world.begin(again)).toBe('running')
    expect(await world.staying()).toEqual(['a', 'b'])
  })

  test('and one name of a server is not two servers by another prefix', async () => {
    const world = openWorld(policy)
    const config = { ...startOf('a').config, service_prefix: 'other' }
    expect(await world.begin(startOf('a'))).toBe('running')
    expect(await world.begin(startOf('a', { config }))).toBeInstanceOf(SpawnError)
  })

  test('and no more when a server has ended, also before a poll has removed its service', async () => {
    let now = Date.parse('2026-11-28T10:00:00Z')
    const world = openWorld(policy, { speed: 1, now: () => now })
    const config = { service_image: 'scenario/exit-3:1', networks: ['jupyterhub'] }
    expect(await enters(world.spawner, startOf('ending', { config }))).toBe('starting')
    expect(await world.begin(startOf('b'))).toBeInstanceOf(SpawnError)
    now += 60_000
    expect(await world.staying()).toEqual(['ending'])
    expect(await enters(world.spawner, startOf('b'))).toBe('starting')
    expect(await world.staying()).toEqual(['b', 'ending'])
  })

  test('and each hub by its own quotas, where the policy has some for it', async () => {
    const world = openWorld(
      policyWith({
        hub: { servers: 1 },
        user: { servers: 1 },
        groups: { course: { servers: 1 }, lab: { servers: 1 } },
        hubs: { other: { hub: { servers: 3 }, user: {}, groups: { course: { servers: 2 } } } },
      }),
    )
    const named = (username: string, server_name: string, groups: string[] = []) =>
      startOf(username, { server: { username, server_name }, groups })
    const full = async (start: object, hub: string) => {
      const told = await world.begin(start, { hub })
      return told === 'running' ? told : told.message.replace(/^.*(policy: [\w.]+): .*$/, '$1')
    }
    expect(await full(named('a', '', ['lab']), 'other')).toBe('running')
    expect(await full(named('b', '', ['lab']), 'other')).toBe('policy: quotas.groups.lab.servers')
    expect(await full(named('a', '2', ['course']), 'other')).toBe('running')
    expect(await full(named('a', '3', ['course']), 'other')).toBe('running')
    expect(await full(named('a', '4'), 'other')).toBe('policy: quotas.hubs.other.hub.servers')
    expect(await full(named('x', ''), 'default')).toBe('running')
    expect(await full(named('y', ''), 'default')).toBe('policy: quotas.hub.servers')
  })

  test('and a user in more groups with quotas than a label should have is refused', async () => {
    const groups = Array.from({ length: 101 }, (_, nth) => `group-${nth}`)
    const ofEach = Object.fromEntries(groups.map((group) => [group, { servers: 1 }]))
    const world = openWorld(policyWith(undefined))
    const profile = { slug: 'a', quota: { groups: ofEach } }
    expect(await world.begin(startOf('a', { profile, groups: groups.slice(1) }))).toBe('running')
    const told = await world.begin(startOf('b', { profile, groups }))
    expect(told).toMatchObject({ code: 'invalid_config', issues: [{ path: 'groups' }] })
  })

  test('and a group by what the policy has for it in this hub alone', async () => {
    const quotas = { hubs: { other: { groups: { course: { servers: 1 } } } } }
    const world = openWorld(policyWith(quotas))
    const inCourse = (username: string) => startOf(username, { groups: ['course'] })
    for (const user of ['x', 'y']) expect(await world.begin(inCourse(user))).toBe('running')
    expect(await world.begin(inCourse('a'), { hub: 'other' })).toBe('running')
    expect(await world.begin(inCourse('b'), { hub: 'other' })).toMatchObject({
      message: expect.stringContaining('policy: quotas.hubs.other.groups.course.servers'),
    })
  })

  test('and not by the servers of another hub', async () => {
    const world = openWorld(policy)
    expect(await world.begin(startOf('a'))).toBe('running')
    expect(await world.begin(startOf('b'), { hub: 'other' })).toBe('running')
    const told = await world.begin(startOf('c'), { hub: 'other' })
    expect(told).toMatchObject({ message: expect.not.stringContaining('held by a') })
  })
})

describe('the calls of the Engine', () => {
  const callsOf = async (policy: Policy, start: object) => {
    const world = openWorld(policy)
    // The first start of an image finds out its digest.
    expect(await world.begin(startOf('first'))).toBe('running')
    world.calls.length = 0
    expect(await world.begin(start)).toBe('running')
    return world.calls.filter((call) => call !== 'GET /tasks')
  }

  test('a start without quotas lists no services, and one with a quota lists them twice', async () => {
    const without = await callsOf(policyWith(undefined), startOf('a'))
    expect(without).not.toContain('GET /services')
    const withQuota = await callsOf(policyWith({ user: { servers: 3 } }), startOf('a'))
    expect(withQuota.filter((call) => call === 'GET /services')).toHaveLength(2)
    expect(withQuota.filter((call) => call !== 'GET /services')).toEqual(without)
  })

  test('a quota of a group that the user is not in costs nothing', async () => {
    const policy = policyWith({ groups: { course: { servers: 1 } } })
    expect(await callsOf(policy, startOf('a'))).toEqual(
      await callsOf(policyWith(undefined), startOf('a')),
    )
  })
})

describe('/explain', () => {
  const policy = policyWith({ hub: { servers: 1 } })
  const explained = ({ spawner }: { spawner: Spawner }, start: object) =>
    explain(spawner, 'default', v.parse(StartRequest, start), signal)

  test('names the quota as what stands in the way, and fits later', async () => {
    const world = openWorld(policy)
    expect(await explained(world, startOf('b'))).toMatchObject({ would_start: true, fits: 'now' })
    await world.begin(startOf('a'))
    const full = await explained(world.anew(), startOf('b'))
    expect(full).toMatchObject({
      would_start: false,
      fits: 'later',
      obstacles: [{ from: 'policy: quotas.hub', reason: expect.stringContaining('in use') }],
      room: { user_message: expect.stringContaining('The only place') },
    })
    expect(JSON.stringify(full.obstacles)).not.toContain('held by')
    expect(await explained(world.anew(), startOf('a'))).toMatchObject({
      would_start: true,
    })
  })

  test('says never where a quota is smaller than what the server needs', async () => {
    const world = openWorld(policyWith({ hub: { servers: 0 } }))
    expect(await explained(world, startOf('a'))).toMatchObject({
      would_start: false,
      fits: 'never',
      room: { user_message: expect.stringContaining('There is no place') },
    })
  })
})
