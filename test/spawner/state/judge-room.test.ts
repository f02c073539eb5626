import { describe, expect, test } from 'vitest'
import { judgeRoom } from '../../../src/spawner/state/judge-room.ts'
import { noneButResting } from '../../../src/spawner/state/resting-words.ts'
import { expectSentence } from '../../support/student-sentence.ts'
import { GIB, gpus, holdOn, judge, namedGpu, nodeOf, specOf } from './room-world.ts'

const at = (minute: number) => `2026-11-28T10:${String(minute).padStart(2, '0')}:00.000Z`
const wantsGpu = specOf({ GenericResources: [gpus(1)] })

describe('a server fits now', () => {
  test('that reserves nothing, however full the nodes are', () => {
    const all = { NanoCPUs: 4e9, MemoryBytes: 16 * GIB }
    const { fits, room } = judge([nodeOf('a')], [holdOn('a', all)])
    expect(fits).toBe('now')
    expect(room).toEqual({
      reason: null,
      user_message: null,
      since: null,
      nodes: { all: 1, taking_tasks: 1, suitable: 1, with_room: 1 },
      resources: [],
    })
  })

  test('that takes the last of everything on one of the nodes', () => {
    const nodes = [nodeOf('a'), nodeOf('b')]
    const held = [
      holdOn('a', { NanoCPUs: 4e9 }),
      holdOn('b', { NanoCPUs: 1e9, MemoryBytes: 4 * GIB }),
    ]
    const spec = specOf({ NanoCPUs: 3e9, MemoryBytes: 12 * GIB })
    expect(judge(nodes, held, spec)).toMatchObject({
      fits: 'now',
      room: {
        nodes: { suitable: 2, with_room: 1 },
        resources: [
          {
            kind: 'cpu',
            reserved: 3e9,
            free_on_one: 3e9,
            free: 3e9,
            total: 8e9,
            text: 'cpu: 3 of 8 free',
          },
          { kind: 'memory', free: 28 * GIB, text: 'memory: 28 of 32 GiB free' },
        ],
      },
    })
  })

  test('whose own older service has the place: a start removes it first', () => {
    const node = nodeOf('a', { GenericResources: [gpus(1)] })
    const own = holdOn('a', { GenericResources: [gpus(1)] }, { server: 'alice' })
    expect(judge([node], [own], wantsGpu)).toMatchObject({
      fits: 'now',
      room: { resources: [{ text: 'gpu: 1 of 1 free' }] },
    })
    const ofOtherHub = {
      ...own,
      ...holdOn('a', own.reservations, { server: 'alice', hub: 'other' }),
    }
    expect(judge([node], [ofOtherHub], wantsGpu).fits).toBe('later')
    const placed = specOf({ GenericResources: [gpus(1)] }, { MaxReplicas: 1 })
    expect(judge([node], [own], placed).fits).toBe('now')
  })

  test('on a node whose GPUs have names, as long as one of them is free', () => {
    const node = nodeOf('a', { GenericResources: [namedGpu('u1'), namedGpu('u2')] })
    const one = holdOn('a', { GenericResources: [gpus(1)] })
    expect(judge([node], [one], wantsGpu)).toMatchObject({
      fits: 'now',
      room: { resources: [{ field: 'GenericResources', kind: 'gpu', free: 1, total: 2 }] },
    })
    expect(judge([node], [one, one], wantsGpu).fits).toBe('later')
  })
})

describe('a server fits later', () => {
  test('when the nodes that could run it are full, whatever is free on others', () => {
    const nodes = [
      nodeOf('a', { GenericResources: [gpus(1)] }),
      nodeOf('b', { GenericResources: [gpus(3)] }),
      nodeOf('idle'),
    ]
    const held = [
      holdOn('a', { GenericResources: [gpus(1)] }, { minute: 5 }),
      holdOn('b', { GenericResources: [gpus(2)] }, { minute: 1 }),
      holdOn('b', { GenericResources: [gpus(1)] }, { minute: 3 }),
    ]
    const { fits, room } = judge(nodes, held, wantsGpu)
    expect(fits).toBe('later')
    expect(room).toMatchObject({
      reason: 'no node has room now: gpu: 0 of 4 free',
      since: at(5),
      nodes: { all: 3, taking_tasks: 3, suitable: 2, with_room: 0 },
    })
    expectSentence(String(room.user_message))
  })

  test('since the task that took what it needs, and not since the newest task', () => {
    const node = nodeOf('a', { GenericResources: [gpus(4)] })
    const held = [
      holdOn('a', { GenericResources: [gpus(3)] }, { minute: 10 }),
      holdOn('a', { GenericResources: [gpus(1)] }, { minute: 20 }),
    ]
    const ofTwo = specOf({ GenericResources: [gpus(2)] })
    expect(judge([node], held.slice(0, 1), ofTwo).room.since).toBe(at(10))
    expect(judge([node], held, ofTwo).room.since).toBe(at(10))
    expect(judge([node], held, wantsGpu).room.since).toBe(at(20))
  })

  test('when enough is free, but on no single node', () => {
    const nodes = [nodeOf('a'), nodeOf('b')]
    const held = nodes.map(({ ID }) => holdOn(ID, { MemoryBytes: 13 * GIB }))
    expect(judge(nodes, held, specOf({ MemoryBytes: 4 * GIB })).room).toMatchObject({
      reason: 'no node has room now: memory: 6 of 32 GiB free, at most 3 on one node',
      resources: [{ free: 6 * GIB, free_on_one: 3 * GIB }],
    })
  })

  test('when each resource is free somewhere, and nowhere all of them', () => {
    const nodes = [nodeOf('a'), nodeOf('b')]
    const held = [holdOn('a', { NanoCPUs: 4e9 }), holdOn('b', { MemoryBytes: 16 * GIB })]
    const spec = specOf({ NanoCPUs: 1e9, MemoryBytes: GIB })
    expect(judge(nodes, held, spec).room.reason).toBe(
      'no node has all that is reserved free at once: cpu: 4 of 8 free, memory: 16 of 32 GiB free',
    )
  })

  test('without a time, where the tasks tell none', () => {
    const hold = { ...holdOn('a', { NanoCPUs: 4e9 }), since: 'no time' }
    expect(judge([nodeOf('a')], [hold], specOf({ NanoCPUs: 1e9 }))).toMatchObject({
      fits: 'later',
      room: { since: null },
    })
  })

  test('with nothing less than nothing free, on a node that was made smaller', () => {
    const held = [holdOn('a', { NanoCPUs: 6e9 })]
    const { room } = judge([nodeOf('a')], held, specOf({ NanoCPUs: 1e9 }))
    expect(room.resources).toMatchObject([{ free: 0, free_on_one: 0, text: 'cpu: 0 of 4 free' }])
  })
})

describe('a server never fits', () => {
  test.each<[string, Parameters<typeof nodeOf>[1], ReturnType<typeof specOf>, RegExp]>([
    [
      'a constraint that no node meets',
      {},
      specOf({}, { Constraints: ['node.labels.gpu==yes'] }),
      /^no node meets node\.labels\.gpu==yes$/,
    ],
    [
      'a platform that no node is of',
      {},
      specOf({}, { Platforms: [{ OS: 'linux', Architecture: 'arm64' }] }),
      /^no node can run linux\/arm64$/,
    ],
    [
      'more memory than a node has',
      {},
      specOf({ MemoryBytes: 17 * GIB }),
      /bytes of memory are reserved/,
    ],
    ['GPUs that no node has', {}, wantsGpu, /^1 of gpu are reserved/],
    [
      'nodes that are down',
      { state: 'down' },
      specOf(),
      /^no node of the swarm takes tasks now; node a could run it, but takes no tasks now \(down\)$/,
    ],
    [
      'nodes that are drained',
      { availability: 'drain' },
      specOf(),
      /takes no tasks now \(drain\)$/,
    ],
    ['nodes that are paused', { availability: 'pause' }, specOf(), /takes no tasks now \(pause\)$/],
  ])('with %s, even if everything is idle', (_, node, spec, reason) => {
    const { fits, room } = judge([nodeOf('a', node)], [], spec)
    expect(fits).toBe('never')
    expect(room).toMatchObject({ since: null, resources: [], nodes: { suitable: 0, with_room: 0 } })
    expect(room.reason).toMatch(reason)
    expectSentence(String(room.user_message))
  })

  test('and names the node that could run it if it took tasks, with the state that keeps it from that', () => {
    const nodes = [nodeOf('a'), nodeOf('b', { availability: 'drain', GenericResources: [gpus(1)] })]
    expect(judge(nodes, [], wantsGpu).room.reason).toBe(
      '1 of gpu are reserved, and the largest node that the constraints allow has 0; node b could run it, but takes no tasks now (drain)',
    )
  })

  test('while the node that could run it is in maintenance: the user reads what the administrator wrote', () => {
    const labels = {
      'org.swarmspawner.maintenance-at': '2026-11-28T18:00:00Z',
      'org.swarmspawner.maintenance-message': 'New disks',
    }
    const node = nodeOf('b', { availability: 'pause', labels, GenericResources: [gpus(1)] })
    const { room } = judge([nodeOf('a'), node], [], wantsGpu)
    expect(room.reason).toContain(
      'node b could run it, but takes no tasks now (maintenance at 2026-11-28T18:00:00.000Z: New disks)',
    )
    expect(room.user_message).toBe(
      'The computers that could run your server are in maintenance: New disks. Please try again when that is over, or tell your administrator.',
    )
    expect(judge([nodeOf('a'), node], [], specOf()).fits).toBe('now')
  })

  test.each([
    [{ availability: 'drain' }, 'drained'],
    [{ availability: 'pause' }, 'paused'],
    [{ state: 'down' }, 'down'],
    [{ state: 'down', availability: 'drain' }, 'down'],
    [{ state: 'unknown', availability: 'drain' }, 'drained'],
  ])(
    'while the node that could run it is %o: the user need not choose something else',
    (more, why) => {
      const node = nodeOf('b', { ...more, GenericResources: [gpus(1)] })
      const { room } = judge([nodeOf('a'), node], [], wantsGpu)
      expect(room.user_message).toBe(
        'The computers that could run your server are out of service. Please try again when that is over, or tell your administrator.',
      )
      expect(noneButResting('no suitable node', [node])).toBe(`no suitable node; node b is ${why}`)
    },
  )

  test('in a swarm without nodes', () => {
    expect(judge([], [], specOf())).toMatchObject({ fits: 'never', room: { nodes: { all: 0 } } })
  })

  test('whatever the tasks hold, also where that is not known', () => {
    const asked = { spec: wantsGpu, server: { hub: 'default', serviceName: 'alice' } }
    expect(judgeRoom([nodeOf('a')], 'not allowed', asked).fits).toBe('never')
  })
})

test('if what the tasks hold is not known, nobody says whether a server fits now', () => {
  const asked = { spec: specOf(), server: { hub: 'default', serviceName: 'alice' } }
  expect(judgeRoom([nodeOf('a')], 'GET /tasks: 403', asked)).toEqual({
    fits: null,
    room: {
      reason: 'GET /tasks: 403',
      user_message: null,
      since: null,
      nodes: null,
      resources: [],
    },
  })
})
