import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readFixture } from '../../../fixtures/fixture.ts'
import { Task } from '../../../src/docker/tasks.ts'
import { writeLabels } from '../../../src/spawner/server/labels.ts'
import { newestTask } from '../../../src/spawner/state/newest-task.ts'
import {
  absent,
  scaledToNone,
  serverState,
  taskless,
} from '../../../src/spawner/state/server-state.ts'

const NAME = 'jupyter-6384-1'
const LABELS = writeLabels({
  hub: 'main',
  serviceName: NAME,
  username: 'alice',
  serverName: '',
  spawnId: 'spawn-1',
  issuedAt: 1,
  port: 8888,
  startTimeoutS: 60,
})

type Given = {
  id?: string
  service?: string
  state: Task['Status']['State']
  desired?: Task['DesiredState']
  created?: string
  err?: string
  message?: string
  exitCode?: number
  condition?: string
  node?: string
  labels?: Record<string, string>
  image?: string
  networks?: NonNullable<Task['Spec']['Networks']>
}

/** A task as the Engine lists it, one that is wanted and never restarted unless told otherwise. */
const taskOf = ({
  id = 'task-1',
  service = 'service-1',
  state,
  desired = 'running',
  created = '2024-05-01T12:00:00.123456789Z',
  err,
  message,
  exitCode,
  condition = 'none',
  node = 'node-1',
  labels = LABELS,
  image = 'lab',
  networks,
}: Given): Task => ({
  ID: id,
  CreatedAt: created,
  ServiceID: service,
  NodeID: node,
  DesiredState: desired,
  Spec: {
    ContainerSpec: { Labels: labels, Image: image },
    RestartPolicy: { Condition: condition },
    ...(networks && { Networks: networks }),
  },
  Status: {
    Timestamp: '2024-05-01T12:00:01.5Z',
    State: state,
    ...(message === undefined ? {} : { Message: message }),
    ...(err === undefined ? {} : { Err: err }),
    ...(exitCode === undefined ? {} : { ContainerStatus: { ExitCode: exitCode } }),
  },
})

const stateOf = (...tasks: Given[]) => serverState(NAME, tasks.map(taskOf))

describe('what the Swarm says is what JupyterHub is told', () => {
  test.each<[string, Given, string, number | null]>([
    ['new', { state: 'new', node: '' }, 'starting', null],
    ['allocated', { state: 'allocated' }, 'starting', null],
    ['pending', { state: 'pending' }, 'starting', null],
    ['assigned', { state: 'assigned' }, 'starting', null],
    ['accepted', { state: 'accepted' }, 'starting', null],
    ['preparing', { state: 'preparing' }, 'starting', null],
    ['ready', { state: 'ready', desired: 'ready' }, 'starting', null],
    ['starting', { state: 'starting' }, 'starting', null],
    ['starting, not healthy yet', { state: 'starting', desired: 'running' }, 'starting', null],
    ['running and wanted', { state: 'running' }, 'running', null],
    ['running, to be shut down', { state: 'running', desired: 'shutdown' }, 'stopping', null],
    ['running, to be removed', { state: 'running', desired: 'remove' }, 'stopping', null],
    ['ended, to be removed', { state: 'failed', desired: 'remove' }, 'stopping', null],
    ['preparing, to be removed', { state: 'preparing', desired: 'remove' }, 'stopping', null],
    ['failed, not restarted', { state: 'failed', exitCode: 3 }, 'failed', 3],
    ['failed, given up', { state: 'failed', desired: 'shutdown', exitCode: 3 }, 'failed', 3],
    ['failed, no code', { state: 'failed' }, 'failed', 1],
    ['failed, code 0', { state: 'failed', exitCode: 0 }, 'failed', 1],
    ['killed for its memory', { state: 'failed', exitCode: 137 }, 'failed', 137],
    ['rejected, not restarted', { state: 'rejected', desired: 'shutdown' }, 'failed', 1],
    ['complete', { state: 'complete', exitCode: 0 }, 'exited', 0],
    ['complete, given up', { state: 'complete', desired: 'shutdown' }, 'exited', 0],
    ['shut down', { state: 'shutdown', desired: 'shutdown', exitCode: 0 }, 'failed', 1],
    [
      'shut down by a signal',
      { state: 'shutdown', desired: 'shutdown', exitCode: 143 },
      'failed',
      143,
    ],
    ['orphaned', { state: 'orphaned', desired: 'shutdown' }, 'failed', 1],
    ['removed', { state: 'remove', desired: 'shutdown' }, 'failed', 1],
  ])('what the Swarm says is what JupyterHub is told: %s', (_, task, state, status) => {
    expect(stateOf(task)).toMatchObject({ state, status })
  })

  test.each<[string, Given['state'], Task['DesiredState'], string, string]>([
    ['failed', 'failed', 'running', 'any', 'starting'],
    ['failed', 'failed', 'running', 'on-failure', 'starting'],
    ['failed', 'failed', 'running', 'none', 'failed'],
    ['failed after its last attempt', 'failed', 'shutdown', 'any', 'failed'],
    ['rejected', 'rejected', 'running', 'any', 'starting'],
    ['rejected', 'rejected', 'running', 'on-failure', 'starting'],
    ['rejected', 'rejected', 'running', 'none', 'failed'],
    ['rejected before its delay is over', 'rejected', 'ready', 'any', 'starting'],
    ['rejected before its delay is over', 'rejected', 'ready', 'on-failure', 'starting'],
    ['complete', 'complete', 'running', 'any', 'starting'],
    ['complete', 'complete', 'running', 'on-failure', 'exited'],
    ['complete', 'complete', 'running', 'none', 'exited'],
    ['complete after its last attempt', 'complete', 'shutdown', 'any', 'exited'],
  ])(
    'the task %s (%s, wanted %s), restarted on %s, is %s',
    (_, state, desired, condition, expected) => {
      expect(stateOf({ state, desired, condition }).state).toBe(expected)
    },
  )

  test('a service that says nothing about restarts is restarted, as Swarm does', () => {
    const task = taskOf({ state: 'failed' })
    expect(serverState(NAME, [{ ...task, Spec: {} }]).state).toBe('starting')
  })
})

describe("the Swarm's failures, in its own words", () => {
  const constraint = 'no suitable node (scheduling constraints not satisfied on 1 node)'
  const bindSource =
    'invalid mount config for type "bind": bind source path does not exist: /nosuch'
  const unhealthy = 'task: non-zero exit (137): dockerexec: unhealthy container'
  test.each<[string, Given, string, number | null, string | null]>([
    [
      'image missing',
      { state: 'rejected', desired: 'shutdown', err: 'No such image: nosuch:1' },
      'failed',
      1,
      'No such image: nosuch:1',
    ],
    [
      'image missing, tried again',
      { state: 'rejected', condition: 'any', err: 'No such image: nosuch:1' },
      'starting',
      null,
      'No such image: nosuch:1',
    ],
    ['constraint', { state: 'pending', err: constraint, node: '' }, 'starting', null, constraint],
    [
      'memory',
      { state: 'pending', err: 'no suitable node (insufficient resources on 1 node)' },
      'starting',
      null,
      'no suitable node (insufficient resources on 1 node)',
    ],
    [
      'exit 1',
      { state: 'failed', desired: 'shutdown', err: 'task: non-zero exit (1)', exitCode: 1 },
      'failed',
      1,
      'task: non-zero exit (1)',
    ],
    [
      'exit 0',
      { state: 'complete', desired: 'shutdown', message: 'finished', exitCode: 0 },
      'exited',
      0,
      null,
    ],
    [
      'out of memory',
      { state: 'failed', err: 'task: non-zero exit (137)', exitCode: 137 },
      'failed',
      137,
      'task: non-zero exit (137)',
    ],
    [
      'bad command',
      { state: 'failed', err: 'starting container failed: x', exitCode: 127 },
      'failed',
      127,
      'starting container failed: x',
    ],
    [
      'bad user',
      { state: 'failed', err: 'starting container failed: y', exitCode: 128 },
      'failed',
      128,
      'starting container failed: y',
    ],
    ['bind source missing', { state: 'rejected', err: bindSource }, 'failed', 1, bindSource],
    ['not healthy yet', { state: 'starting', message: 'starting' }, 'starting', null, null],
    ['unhealthy', { state: 'failed', err: unhealthy, exitCode: 137 }, 'failed', 137, unhealthy],
    ['no address left', { state: 'new', message: 'created', node: '' }, 'starting', null, null],
    [
      'drained',
      { state: 'shutdown', desired: 'shutdown', message: 'shutdown' },
      'failed',
      1,
      'task shutdown: shutdown',
    ],
    ['node lost', { state: 'orphaned', desired: 'shutdown' }, 'failed', 1, 'task orphaned'],
    ['running', { state: 'running', message: 'started' }, 'running', null, null],
  ])('the failure of the Swarm is told in its own words: %s', (_, task, state, status, reason) => {
    expect(stateOf(task)).toMatchObject({ state, status, reason })
  })
})

describe('the newest task is the judge', () => {
  const earlier = '2024-05-01T12:00:00.1Z'
  const later = '2024-05-01T12:00:00.2Z'

  test('a drained server waits for another node, and the state says why', () => {
    const old: Given = { id: 'old', state: 'shutdown', desired: 'shutdown', created: earlier }
    const none = 'no suitable node (1 node not available for new tasks)'
    const next: Given = { id: 'new', state: 'pending', created: later, err: none }
    expect(stateOf(next, old)).toMatchObject({ state: 'starting', status: null, reason: none })
  })

  test('a task on a lost node that still says running is passed over', () => {
    const lost: Given = { id: 'old', state: 'running', desired: 'shutdown', created: earlier }
    const next: Given = { id: 'new', state: 'preparing', created: later }
    expect(stateOf(lost, next)).toMatchObject({ state: 'starting', url: null, task: { id: 'new' } })
  })

  test('a replacement that waits says what ended its predecessors, the last first', () => {
    const first: Given = {
      id: 'a',
      state: 'failed',
      desired: 'shutdown',
      created: earlier,
      err: 'first',
    }
    const second: Given = {
      id: 'b',
      state: 'failed',
      desired: 'shutdown',
      created: later,
      err: 'second',
    }
    const next: Given = {
      id: 'c',
      state: 'ready',
      desired: 'ready',
      created: '2024-05-01T12:00:01Z',
    }
    expect(stateOf(second, next, first)).toMatchObject({ state: 'starting', reason: 'second' })
    const runs = stateOf(first, second, { ...next, state: 'running', desired: 'running' })
    expect(runs).toMatchObject({ state: 'running', status: null, reason: 'second' })
  })

  test('tasks of a former service count only if there is no newer one', () => {
    const former: Given = {
      id: 'a',
      service: 'old',
      state: 'running',
      desired: 'remove',
      created: earlier,
      err: 'x',
    }
    const next: Given = { id: 'b', service: 'new', state: 'preparing', created: later }
    const state = stateOf(former, next)
    expect(state).toMatchObject({ state: 'starting', service_id: 'new', reason: null })
    expect(state.events.every(({ seq }) => seq.startsWith('b:'))).toBe(true)
    expect(stateOf(former)).toMatchObject({ state: 'stopping', service_id: 'old' })
  })

  test.each([
    ['nanoseconds decide', '2024-05-01T12:00:00.123456788Z', '2024-05-01T12:00:00.123456789Z'],
    ['zeros at the end are dropped', '2024-05-01T12:00:00.12Z', '2024-05-01T12:00:00.120000001Z'],
    [
      'a shorter fraction may be the greater',
      '2024-05-01T12:00:00.123456789Z',
      '2024-05-01T12:00:00.13Z',
    ],
    ['digits are not a number', '2024-05-01T12:00:00.1239Z', '2024-05-01T12:00:00.12391Z'],
    ['no fraction at all', '2024-05-01T12:00:00Z', '2024-05-01T12:00:00.000000001Z'],
    ['the second before', '2024-05-01T11:59:59.999999999Z', '2024-05-01T12:00:00Z'],
    ['the year before', '2023-12-31T23:59:59.9Z', '2024-01-01T00:00:00Z'],
  ])('the earlier of two times is found, %s: %s is before %s', (_, before, after) => {
    const a = taskOf({ id: 'a', state: 'running', created: before })
    const b = taskOf({ id: 'b', state: 'running', created: after })
    expect(newestTask([a, b])?.ID).toBe('b')
    expect(newestTask([b, a])?.ID).toBe('b')
  })

  test('the newest task is found in whatever order the Engine lists the tasks', () => {
    const second = fc.integer({ min: 0, max: 3 })
    const nanos = fc.oneof(fc.constant(0), fc.constant(120_000_000), fc.nat(999_999_999))
    const time = fc.tuple(second, nanos).map(([s, ns]) => {
      const fraction = String(ns).padStart(9, '0').replace(/0+$/, '')
      return { text: `2024-05-01T12:00:0${s}${fraction && `.${fraction}`}Z`, order: s * 1e9 + ns }
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(time, { minLength: 1, selector: ({ order }) => order }),
        (times) => {
          const tasks = times.map(({ text }) =>
            taskOf({ id: text, state: 'running', created: text }),
          )
          const newest = times.toSorted((a, b) => b.order - a.order)[0]
          expect(newestTask(tasks)?.ID).toBe(newest?.text)
          expect(newestTask(tasks.toReversed())?.ID).toBe(newest?.text)
        },
      ),
    )
  })
})

describe('the answer', () => {
  test('the state of a server that runs says all there is to say', () => {
    const state = serverState(NAME, [taskOf({ state: 'running' })], () => 'worker-1')
    expect(state).toEqual({
      state: 'running',
      status: null,
      service_name: NAME,
      service_id: 'service-1',
      url: `http://${NAME}:8888`,
      spawn_id: 'spawn-1',
      reason: null,
      advice: null,
      task: { id: 'task-1', state: 'running', node: 'worker-1' },
      events: [
        expect.objectContaining({ progress: 5 }),
        expect.objectContaining({ progress: 100, message: 'Running on worker-1' }),
      ],
      cursor: 'task-1:running:running:2024-05-01T12:00:01.5Z',
    })
  })

  test('the state has the host of its start as its address, if its networks know one', () => {
    const host = `jupyter-6384e2b2-1-${'0123456789'.repeat(3)}`
    const networks = [{ Aliases: ['lab', host] }]
    expect(stateOf({ state: 'running', networks }).url).toBe(`http://${host}:8888`)
    // A server that an older version started, or for which the hub wants its service's name.
    expect(stateOf({ state: 'running', networks: [{ Aliases: ['lab'] }] }).url).toBe(
      `http://${NAME}:8888`,
    )
  })

  test.each<Given['state']>(['preparing', 'starting', 'failed', 'complete'])(
    'the state has no address while %s',
    (state) => {
      expect(stateOf({ state }).url).toBeNull()
    },
  )

  test('the state has no address and no spawn if the labels are gone', () => {
    expect(stateOf({ state: 'running', labels: {} })).toMatchObject({ url: null, spawn_id: null })
  })

  test('the state names no node before there is one, and the id of a node that nobody knows', () => {
    expect(stateOf({ state: 'pending', node: '' }).task?.node).toBeNull()
    expect(stateOf({ state: 'running' }).task?.node).toBe('node-1')
  })

  test('the state has a new cursor with each change', () => {
    const cursors = [
      stateOf({ state: 'pending' }),
      stateOf({ state: 'running' }),
      stateOf({ state: 'running', desired: 'shutdown' }),
      stateOf({ id: 'task-2', state: 'running' }),
      serverState(NAME, []),
      taskless(NAME, { id: 'service-1', spawnId: null }),
    ].map(({ cursor }) => cursor)
    expect(new Set(cursors).size).toBe(cursors.length)
  })

  test('the state is absent, with status 0, if there is nothing', () => {
    expect(serverState(NAME, [])).toEqual(absent(NAME))
    expect(absent(NAME)).toMatchObject({
      state: 'absent',
      status: 0,
      service_id: null,
      reason: null,
    })
    expect(absent(NAME, 'gone').reason).toBe('gone')
  })

  test('the state of a service without a task is starting, or ended if somebody wants no task', () => {
    const service = { id: 's', spawnId: 'x' }
    const known = { service_id: 's', spawn_id: 'x' }
    const starting = taskless(NAME, service)
    expect(starting).toMatchObject({ ...known, state: 'starting', status: null, reason: null })
    const reason = 'The service was scaled to 0 replicas, not by the hub'
    const none = scaledToNone(NAME, service)
    expect(none).toMatchObject({ ...known, state: 'exited', status: 0, reason })
    expect(none.cursor).not.toBe(starting.cursor)
  })
})

describe('what an operator did to a service', () => {
  const old: Given = { id: 'a', created: '2024-05-01T12:00:00Z', state: 'running', image: 'one' }
  const newer: Given = { id: 'b', created: '2024-05-01T13:00:00Z', state: 'running', image: 'two' }
  const shutDown: Given = { ...old, state: 'shutdown', desired: 'shutdown', exitCode: 143 }

  test('a rolling update is not death, at any moment of it', () => {
    const moments: [Given, Given][] = [
      [
        { ...old, desired: 'shutdown' },
        { ...newer, state: 'new', desired: 'ready' },
      ],
      [
        { ...old, desired: 'shutdown' },
        { ...newer, state: 'ready', desired: 'ready' },
      ],
      [shutDown, { ...newer, state: 'ready' }],
      [shutDown, { ...newer, state: 'starting' }],
      [shutDown, newer],
    ]
    const states = moments.map(([before, after]) => stateOf(before, after))
    expect(states.map(({ status }) => status)).toEqual(moments.map(() => null))
    expect(states.at(-1)).toMatchObject({ state: 'running', task: { id: 'b' } })
  })

  test('the state says what an operator did: a changed image, or any other update', () => {
    const changed = 'The image of its service was changed from one to two, not by the hub'
    expect(stateOf(shutDown, newer).advice).toBe(changed)
    expect(stateOf(shutDown, { ...newer, image: 'one' }).advice).toBe(
      'Its service was updated or its node drained, not by the hub',
    )
    const missing: Given = { ...newer, state: 'rejected', err: 'No such image: two' }
    expect(stateOf(shutDown, missing)).toMatchObject({
      state: 'failed',
      reason: 'No such image: two',
      advice: changed,
    })
  })

  test('an update that starts the new task first and fails leaves the old one running', () => {
    const failed: Given = { ...newer, state: 'rejected', desired: 'shutdown', err: 'No such image' }
    expect(stateOf(old, failed)).toMatchObject({
      state: 'running',
      status: null,
      reason: 'No such image',
      task: { id: 'a' },
    })
  })

  test('a second replica that fails does not end the first', () => {
    const failed: Given = { ...newer, state: 'failed', desired: 'shutdown', exitCode: 1 }
    expect(stateOf(failed, old)).toMatchObject({ state: 'running', task: { id: 'a' } })
  })

  test.each<Given['state']>(['assigned', 'preparing', 'ready', 'starting', 'running'])(
    'a task that is to be shut down while %s, and has no successor, is stopping',
    (state) => {
      expect(stateOf({ state, desired: 'shutdown' })).toMatchObject({
        state: 'stopping',
        status: null,
        url: null,
      })
    },
  )
})

describe('a pull that fails and is tried again, as Engine 29 tells it', () => {
  const err = 'Get "https://nowhere.example/v2/": dial tcp: lookup nowhere.example: no such host'
  const failing: Given = { state: 'preparing', err, node: 'node-1' }
  const later = '2024-05-01T12:00:10Z'
  const nodeName = (id: string) => `host of ${id}`
  const seen = (...tasks: Given[]) => serverState(NAME, tasks.map(taskOf), nodeName)

  test('a pull that fails is a reason, an advice and a sentence for a student of a server that starts', () => {
    expect(seen(failing)).toMatchObject({
      state: 'starting',
      status: null,
      reason: err,
      advice: expect.stringContaining('does not reach the registry'),
      user_message: expect.stringContaining('cannot be reached. Please wait'),
    })
  })

  test('a pull that fails is told as progress with its node, and once however often the words change', () => {
    const tellings = [52660, 52661].map((port) => {
      const task: Given = {
        ...failing,
        err: `Get "https://r.example/v2/": read udp 127.0.0.1:${port}->127.0.0.1:53: i/o timeout`,
      }
      return seen(task).events.at(-1)
    })
    expect(tellings[0]).toMatchObject({
      message: expect.stringMatching(
        /^Preparing on host of node-1 failed and is tried again: Get /,
      ),
    })
    expect(tellings[1]?.seq).toBe(tellings[0]?.seq)
    expect(seen({ state: 'preparing' }).events.at(-1)?.seq).not.toBe(tellings[0]?.seq)
  })

  test('a pull that fails on one node does not stop what runs on another', () => {
    const running: Given = { id: 'task-2', state: 'running', node: 'node-2' }
    for (const state of [
      seen(failing, { ...running, created: later }),
      seen({ ...failing, created: later }, running),
    ]) {
      expect(state).toMatchObject({
        state: 'running',
        status: null,
        task: { node: 'host of node-2' },
        reason: err,
        user_message: expect.stringContaining('It runs now.'),
      })
    }
  })

  test('a pull that fails on one node is the reason of the task that is prepared on another after it', () => {
    const next: Given = { id: 'task-2', state: 'preparing', node: 'node-2', created: later }
    expect(seen({ ...failing, desired: 'shutdown' }, next)).toMatchObject({
      state: 'starting',
      reason: err,
      task: { node: 'host of node-2' },
    })
  })

  test.each<Task['DesiredState']>(['remove', 'shutdown'])(
    'a pull that fails is no reason of a task that is taken away (%s)',
    (desired) => {
      const state = seen({ ...failing, desired })
      expect(state).toMatchObject({ state: 'stopping', reason: null, advice: null })
      expect(JSON.stringify(state)).not.toContain('nowhere.example')
    },
  )

  test('an end of its own stays the reason of a task that is being removed', () => {
    const state = seen({ state: 'failed', desired: 'remove', err: 'task: non-zero exit (3)' })
    expect(state).toMatchObject({ state: 'stopping', reason: 'task: non-zero exit (3)' })
  })
})

test('the recorded tasks of Engine 29.7 that are being removed have no reason', () => {
  const tasks = v.parse(v.array(Task), readFixture('29.7', 'task-list.removing').response.json)
  expect(tasks.some(({ Status }) => Status.Err)).toBe(true)
  for (const task of tasks)
    expect(serverState(NAME, [task])).toMatchObject({ state: 'stopping', reason: null })
})
