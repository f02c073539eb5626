import { describe, expect, test } from 'vitest'
import { DockerError } from '../../../src/docker/errors.ts'
import type { Task } from '../../../src/docker/tasks.ts'
import type { NetworkRoom } from '../../../src/spawner/engine/network-rooms.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { serverState } from '../../../src/spawner/state/server-state.ts'
import { withUnallocated } from '../../../src/spawner/state/unallocated.ts'

const CREATED = Date.parse('2026-11-28T10:00:00Z')
const ROOM: NetworkRoom = {
  name: 'tiny',
  isSetUp: true,
  subnets: ['10.77.0.0/29'],
  total: 5,
  inUse: 5,
  freesUntil: 0,
}

const task = (State: Task['Status']['State'], Networks = ['tiny']): Task => ({
  ID: 'task',
  CreatedAt: new Date(CREATED).toISOString(),
  ServiceID: 'service',
  DesiredState: 'running',
  Spec: { Networks: Networks.map((Target) => ({ Target })) },
  Status: { Timestamp: new Date(CREATED).toISOString(), State },
})

type Moment = {
  ageMs: number
  room?: Partial<NetworkRoom>
  error?: unknown
  /** What the last look sees. */
  again?: readonly Task[] | DockerError
  mayEnd?: boolean
  seen?: Task
}

/** What is said of a task, and how many networks were asked for. */
const judged = async ({ ageMs, room, error, again, mayEnd = true, seen = task('new') }: Moment) => {
  const asked: string[] = []
  const spawner = createSpawner(
    async () => {
      throw new Error('nobody is asked')
    },
    { now: () => CREATED + ageMs },
  )
  const state = await withUnallocated(
    {
      ...spawner,
      networkRooms: async (network) => {
        asked.push(network)
        if (error) throw error
        return { ...ROOM, ...room }
      },
      watch: async () => {
        if (again instanceof DockerError) throw again
        return [...(again ?? [seen])]
      },
    },
    serverState('server', [seen]),
    seen,
    { mayEnd },
  )
  return { ...state, asked }
}

test.each([
  ['is younger than four seconds', { ageMs: 3999 }],
  ['goes on', { ageMs: 60_000, seen: task('pending') }],
  ['runs', { ageMs: 60_000, seen: task('running') }],
])('nothing is asked about a task that %s', async (_, moment) => {
  expect(await judged(moment)).toMatchObject({ reason: null, asked: [] })
})

describe('a network without a free address', () => {
  test('is told from four seconds on, and given up after ten', async () => {
    expect(await judged({ ageMs: 4000 })).toMatchObject({ state: 'starting', status: null })
    expect(await judged({ ageMs: 9999 })).toMatchObject({ state: 'starting' })
    expect(await judged({ ageMs: 10_000 })).toMatchObject({ state: 'failed', status: 1 })
  })

  test('is waited for while somebody is being stopped, and no longer than a stop takes', async () => {
    const at = (freesUntil: number) => judged({ ageMs: 20_000, room: { freesUntil } })
    expect(await at(CREATED + 20_001)).toMatchObject({
      state: 'starting',
      reason: expect.stringContaining('5 of 5'),
    })
    expect(await at(CREATED + 20_000)).toMatchObject({ state: 'failed' })
  })

  test.each([
    ['has got one meanwhile', [task('pending')]],
    ['is gone', []],
    ['can not be asked for', new DockerError('unreachable', 'no Engine')],
  ])('does not end a task that %s', async (_, again) => {
    expect(await judged({ ageMs: 10_000, again })).toMatchObject({ state: 'starting' })
  })

  test('does not end a server that Swarm would start again', async () => {
    expect(await judged({ ageMs: 60_000, mayEnd: false })).toMatchObject({ state: 'starting' })
  })
})

test('what the Engine does not tell ends nothing', async () => {
  const error = new DockerError('server_error', 'no')
  expect(await judged({ ageMs: 60_000, error })).toMatchObject({
    state: 'starting',
    reason: 'Swarm has not allocated the task',
  })
})

test('other errors are not hidden', async () => {
  await expect(judged({ ageMs: 60_000, error: new TypeError('a bug') })).rejects.toThrow('a bug')
})

test('a task with many networks asks for twenty, each once, and names three', async () => {
  const names = Array.from({ length: 30 }, (_, number) => `net-${number}`)
  const seen = task('new', [...names, ...names])
  const { asked, reason } = await judged({ ageMs: 5000, seen })
  expect(asked).toEqual(names.slice(0, 20))
  expect(reason?.match(/network tiny/g)).toHaveLength(3)
})

test('the event is the same for every copy of the service', async () => {
  const [one, other] = [await judged({ ageMs: 5000 }), await judged({ ageMs: 9000 })]
  expect(one.events).toEqual(other.events)
  expect(one.cursor).toBe(other.cursor)
  expect(one.cursor).not.toBe((await judged({ ageMs: 1000 })).cursor)
})
