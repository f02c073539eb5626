import { expect, test } from 'vitest'
import { DockerError } from '../../src/docker/errors.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { lookAtSwarm, roomFor, withPatience } from '../../src/spawner/find-room.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { LOOK_PATIENCE_MS } from '../../src/spawner/state/swarm-look.ts'
import { specOf } from './state/room-world.ts'

const NEVER = new AbortController().signal

/** A spawner on an Engine of three nodes, and the lists that were asked for. `gate` may hold an answer back, or refuse. */
const openWorld = (
  gate: (list: string) => Promise<void> = async () => {},
  lookPatienceMs = 60_000,
) => {
  let now = Date.parse('2026-11-28T10:00:00Z')
  const { transport } = createEmbeddedEngine({ nodes: 3, now: () => now })
  const asked: string[] = []
  const counting: EngineTransport = async (request) => {
    const list = /^\/v[\d.]+(\/[a-z]+)/.exec(request.path)?.[1]
    if (list !== undefined) {
      asked.push(list)
      await gate(list)
    }
    return transport(request)
  }
  const spawner = createSpawner(counting, { lookPatienceMs, now: () => now })
  const look = (signal = NEVER) =>
    withPatience(spawner, signal, (enough) => lookAtSwarm(spawner, enough))
  const pass = (ms: number) => {
    now += ms
  }
  return { look, asked, pass }
}

const built = {
  spec: specOf(),
  labels: {
    ...{ hub: 'default', serviceName: 'alice', username: 'alice', serverName: '' },
    ...{ spawnId: 's', issuedAt: 1, port: 8888, startTimeoutS: 60 },
  },
}

test('all who ask within a second share one look, which is two calls of the Engine', async () => {
  const { look, asked, pass } = openWorld()
  await Promise.all(Array.from({ length: 100 }, () => look()))
  pass(999)
  await look()
  expect(asked.sort()).toEqual(['/nodes', '/tasks'])
  pass(1)
  await look()
  expect(asked).toHaveLength(4)
})

test('a caller who leaves takes the look from nobody else', async () => {
  const held = Promise.withResolvers<void>()
  const { look, asked } = openWorld(() => held.promise)
  const leaving = new AbortController()
  const left = look(leaving.signal)
  const stays = look()
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  held.resolve()
  expect(roomFor(await stays, built).fits).toBe('now')
  expect(asked).toHaveLength(2)
})

test('an Engine that takes longer than half a second is not waited for, and the next who asks has its answer', async () => {
  const held = Promise.withResolvers<void>()
  const { look, asked } = openWorld(() => held.promise, LOOK_PATIENCE_MS)
  const { fits, room } = roomFor(await look(), built)
  expect(fits).toBeNull()
  expect(room.reason).toBe('The look at nodes and tasks: no answer within 0.5 s')
  held.resolve()
  await expect.poll(async () => roomFor(await look(), built).fits).toBe('now')
  expect(asked).toHaveLength(2)
})

const forbids = (list: string) => async (asked: string) => {
  if (asked === list) throw new DockerError('forbidden', `GET ${list}: forbidden`)
}

test('without the right to list nodes, nobody says what fits', async () => {
  const { look } = openWorld(forbids('/nodes'))
  expect(roomFor(await look(), built)).toEqual({
    fits: null,
    room: {
      reason: 'GET /nodes: forbidden',
      ...{ user_message: null, since: null, nodes: null, resources: [] },
    },
  })
})

test('without the right to list tasks, only what no node can run is told', async () => {
  const { look } = openWorld(forbids('/tasks'))
  const seen = await look()
  expect(roomFor(seen, built)).toMatchObject({
    fits: null,
    room: { reason: 'GET /tasks: forbidden' },
  })
  const huge = { ...built, spec: specOf({ MemoryBytes: 2 ** 50 }) }
  expect(roomFor(seen, huge).fits).toBe('never')
})

test('a look that fails is tried again by those who ask a second later', async () => {
  let isDown = true
  const { look, pass } = openWorld(async () => {
    if (isDown) throw new DockerError('unreachable', 'nobody listens')
  })
  expect(roomFor(await look(), built).fits).toBeNull()
  isDown = false
  expect(roomFor(await look(), built).fits).toBeNull()
  pass(1000)
  expect(roomFor(await look(), built).fits).toBe('now')
})
