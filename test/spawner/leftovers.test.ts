import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Service } from '../../src/docker/services.ts'
import type { Task } from '../../src/docker/tasks.ts'
import { doubtOf, leftovers, type SeenService } from '../../src/spawner/leftovers.ts'
import { writeLabels } from '../../src/spawner/server/labels.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = Date.parse('2026-05-01T12:00:00Z')
const ago = (ms: number) => new Date(NOW - ms).toISOString()

type Given = {
  hub?: string
  username?: string
  serverName?: string
  name?: string
  labels?: Record<string, string>
  ageMs?: number
  startTimeoutS?: number
  replicas?: number
  tasks?: { state: Task['Status']['State']; endedMs: number; err?: string; createdMs?: number }[]
}

/** A service that is a day old, of the hub `main`, and its tasks. */
const seen = ({
  hub = 'main',
  username = 'alice',
  serverName = '',
  name = `jupyter-${username}-${serverName || '1'}`,
  ageMs = 24 * HOUR,
  startTimeoutS = 60,
  replicas = 1,
  tasks = [],
  labels = writeLabels({
    hub,
    serviceName: name,
    username,
    serverName,
    spawnId: 's',
    issuedAt: 1,
    port: 8888,
    startTimeoutS,
  }),
}: Given): SeenService => {
  const service: Service = {
    ID: `id-of-${name}`,
    Version: { Index: 1 },
    CreatedAt: ago(ageMs),
    UpdatedAt: ago(ageMs),
    Spec: {
      Name: name,
      Labels: labels,
      TaskTemplate: {},
      Mode: { Replicated: { Replicas: replicas } },
    },
  }
  return { service, tasks: tasks.map((task, index) => taskOf(service, labels, index, task)) }
}

const taskOf = (
  { ID }: Service,
  Labels: Record<string, string>,
  index: number,
  { state, endedMs, err, createdMs = 24 * HOUR - index }: NonNullable<Given['tasks']>[number],
): Task => ({
  ID: `task-${index}`,
  CreatedAt: ago(createdMs),
  ServiceID: ID,
  NodeID: 'node',
  DesiredState: state === 'running' ? 'running' : 'shutdown',
  Spec: { ContainerSpec: { Labels }, RestartPolicy: { Condition: 'none' } },
  Status: { State: state, Timestamp: ago(endedMs), ...(err && { Err: err }) },
})

const known = { hub: 'main', now: NOW, olderThanMs: HOUR }
const hubServers = (users: Record<string, readonly string[]>) =>
  new Map(Object.entries(users).map(([user, servers]) => [user, new Set(servers)]))
const whys = (services: SeenService[], users?: Record<string, readonly string[]>) =>
  leftovers(services, { ...known, hubServers: users && hubServers(users) }).map(({ why }) => why)

const running = [{ state: 'running' as const, endedMs: 23 * HOUR }]

describe('a service compared with the hub', () => {
  test('a service whose server the hub does not have any more is left behind, also while it runs', () => {
    const services = [
      seen({ tasks: running }),
      seen({ serverName: 'lab', tasks: running }),
      seen({ username: 'bob' }),
    ]
    expect(whys(services, { alice: [] })).toEqual([
      'alice has no default server any more',
      'alice has no server "lab" any more',
      'the hub has no user bob any more',
    ])
  })

  test('a service whose server is active is kept, also if it has ended: the next poll says so', () => {
    const ended = [{ state: 'failed' as const, endedMs: 20 * HOUR }]
    const services = [seen({ tasks: running }), seen({ serverName: 'lab', tasks: ended })]
    expect(whys(services, { alice: ['', 'lab'] })).toEqual([])
  })

  test.each([
    ['ten minutes', 9.9 * MINUTE, 60],
    ['its own start_timeout', 29.9 * MINUTE, 1800],
  ])(
    'a service that is younger than %s is kept: its start may be under way',
    (_, ageMs, startTimeoutS) => {
      expect(whys([seen({ ageMs, startTimeoutS })], { alice: [] })).toEqual([])
      const older = seen({ ageMs: ageMs + MINUTE, startTimeoutS })
      expect(whys([older], { alice: [] })).toHaveLength(1)
    },
  )

  test('a service whose age cannot be read is kept', () => {
    const { service, tasks } = seen({})
    const unreadable = { service: { ...service, CreatedAt: 'long ago' }, tasks }
    expect(whys([unreadable], { alice: [] })).toEqual([])
  })
})

describe('a service without a hub to ask', () => {
  test("without a hub to ask, a service that has ended long ago is left behind, with the Engine's words", () => {
    const err = 'task: non-zero exit (1)'
    const failed = seen({ tasks: [{ state: 'failed', endedMs: 3 * HOUR, err }] })
    const exited = seen({ serverName: 'b', tasks: [{ state: 'complete', endedMs: 90 * MINUTE }] })
    expect(whys([failed, exited])).toEqual([`ended 3 hours ago: ${err}`, 'ended 90 minutes ago'])
  })

  test('without a hub to ask, a service that has ended just now is kept', () => {
    expect(whys([seen({ tasks: [{ state: 'failed', endedMs: 59 * MINUTE }] })])).toEqual([])
  })

  test.each(['running', 'preparing', 'pending', 'orphaned'] as const)(
    'without a hub to ask, a service with a task that is %s is kept',
    (state) => {
      expect(whys([seen({ tasks: [{ state, endedMs: 20 * HOUR }] })])).toEqual([])
    },
  )

  test('without a hub to ask, a service with an older task that still runs is kept', () => {
    const tasks = [
      { state: 'running' as const, endedMs: 20 * HOUR, createdMs: 23 * HOUR },
      { state: 'failed' as const, endedMs: 19 * HOUR, createdMs: 20 * HOUR },
    ]
    expect(whys([seen({ tasks })])).toEqual([])
  })

  test('without a hub to ask, a service that has had no task for long is left behind', () => {
    expect(whys([seen({ replicas: 0 }), seen({ serverName: 'b' })])).toEqual([
      'is scaled to 0 replicas, and was last changed 24 hours ago',
      'has no task, and was last changed 24 hours ago',
    ])
    expect(whys([seen({ replicas: 0, ageMs: 50 * MINUTE })])).toEqual([])
  })
})

const anyUser = fc.constantFrom('alice', 'bob', '', 'constructor', '__proto__')
const anyServer = fc.constantFrom('', 'lab', '1', 'toString')
const anyService = fc.record({
  hub: fc.constantFrom('main', 'other'),
  username: anyUser,
  serverName: anyServer,
  ageMs: fc.integer({ min: -HOUR, max: 1000 * HOUR }),
  startTimeoutS: fc.integer({ min: 0, max: 7200 }),
  replicas: fc.constantFrom(0, 1),
  tasks: fc.array(
    fc.record({
      state: fc.constantFrom('running', 'failed', 'complete', 'shutdown', 'preparing', 'orphaned'),
      endedMs: fc.integer({ min: 0, max: 1000 * HOUR }),
    }),
    { maxLength: 3 },
  ),
})
const anyHub = fc.option(
  fc
    .array(fc.tuple(anyUser, fc.array(anyServer)))
    .map((users) => new Map(users.map(([user, servers]) => [user, new Set(servers)]))),
  { nil: undefined },
)

describe('any services', () => {
  const found = (services: SeenService[], servers: ReturnType<typeof hubServers> | undefined) =>
    new Set(
      leftovers(services, { ...known, hubServers: servers }).map(({ service_id }) => service_id),
    )

  test('a service that does not carry the labels of this hub is never left behind', () => {
    const foreignLabels = fc.oneof(
      fc.constant({}),
      fc.dictionary(fc.string(), fc.string()),
      // A copy of a service of ours carries its labels, under a name of its own.
      fc.constant(writeLabels({ ...labelsOfAlice, serviceName: 'the-original' })),
      fc.constant(writeLabels({ ...labelsOfAlice, hub: 'other' })),
    )
    fc.assert(
      fc.property(anyService, foreignLabels, anyHub, (given, labels, servers) => {
        expect(found([seen({ ...given, labels, name: 'foreign' })], servers)).toEqual(new Set())
      }),
    )
  })

  test('a service whose server the hub has is never left behind, and no running one without a hub', () => {
    fc.assert(
      fc.property(fc.array(anyService), anyHub, (given, servers) => {
        const services = given.map((one, index) => seen({ ...one, name: `service-${index}` }))
        const ids = found(services, servers)
        for (const [index, { hub, username, serverName, tasks }] of given.entries()) {
          const isOwned = servers?.get(username)?.has(serverName) ?? false
          const isAlive = !servers && tasks.some(({ state }) => state === 'running')
          if (hub !== 'main' || isOwned || isAlive)
            expect(ids).not.toContain(services[index]?.service.ID)
        }
      }),
    )
  })
})

const labelsOfAlice = {
  hub: 'main',
  serviceName: 'jupyter-alice-1',
  username: 'alice',
  serverName: '',
  spawnId: 's',
  issuedAt: 1,
  port: 8888,
  startTimeoutS: 60,
}

describe("a hub's answer", () => {
  const services = [seen({}), seen({ username: 'bob' })]

  test("a hub's answer is doubted if it knows none of those whose servers there are", () => {
    expect(doubtOf(services, hubServers({ carol: [''] }))).toContain('knows none of the users')
    expect(doubtOf(services, hubServers({}))).toContain('is it another hub')
  })

  test("a hub's answer is believed if it knows one of them, or there are no services", () => {
    expect(doubtOf(services, hubServers({ bob: [] }))).toBeUndefined()
    expect(doubtOf([], hubServers({}))).toBeUndefined()
  })
})
