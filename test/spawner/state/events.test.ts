import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Task, TaskState } from '../../../src/docker/tasks.ts'
import { mergeEvents, type ServerEvent, taskEvents } from '../../../src/spawner/state/events.ts'

const nodeName = (id: string) => `host of ${id}`

const taskOf = (
  State: TaskState,
  {
    id = 'a',
    created = '2024-05-01T12:00:00Z',
    at = '2024-05-01T12:00:05Z',
    node = 'n',
    err = '',
  } = {},
): Task => ({
  ID: id,
  CreatedAt: created,
  NodeID: node,
  DesiredState: 'running',
  Spec: {},
  Status: { Timestamp: at, State, ...(err ? { Err: err } : {}) },
})

const messages = (...tasks: Task[]) => taskEvents(tasks, nodeName).map(({ message }) => message)

describe('the events of a task', () => {
  test.each<[TaskState, number, string]>([
    ['allocated', 8, 'Network addresses assigned'],
    ['pending', 10, 'Waiting for a node'],
    ['assigned', 20, 'Assigned to host of n'],
    ['accepted', 25, 'Accepted by host of n'],
    ['preparing', 30, 'Preparing on host of n: the image is pulled if it is not there yet'],
    ['ready', 70, 'Ready to start on host of n'],
    ['starting', 80, 'Starting on host of n'],
    ['running', 100, 'Running on host of n'],
    ['failed', 100, 'Failed on host of n'],
    ['rejected', 100, 'Rejected by host of n'],
    ['complete', 100, 'Ended'],
    ['orphaned', 100, 'Its node was removed from the swarm'],
  ])(
    'the events of a task that is %s are that it was made, and %i, %s',
    (state, progress, message) => {
      expect(taskEvents([taskOf(state)], nodeName)).toEqual([
        { seq: 'a:new', time: '2024-05-01T12:00:00Z', progress: 5, message: 'Service created' },
        { seq: `a:${state}:1714564805000`, time: '2024-05-01T12:00:05Z', progress, message },
      ])
    },
  )

  test('a task that is new has one event', () => {
    expect(messages(taskOf('new'))).toEqual(['Service created'])
  })

  test('the events of a task never go back on the way to running', () => {
    const way = TaskState.options.slice(0, TaskState.options.indexOf('running') + 1)
    const progress = way.map((state) => taskEvents([taskOf(state)], nodeName).at(-1)?.progress)
    expect(progress).toEqual(progress.toSorted((a = 0, b = 0) => a - b))
    expect(new Set(progress).size).toBe(way.length)
  })

  test("the events of a task end with the Engine's own words", () => {
    expect(messages(taskOf('rejected', { err: 'No such image: x' })).at(-1)).toBe(
      'Rejected by host of n: No such image: x',
    )
  })

  test('the events of a task name no node if there is none', () => {
    expect(messages(taskOf('assigned', { node: '' })).at(-1)).toBe('Assigned to a node')
  })
})

describe('the events of several tasks', () => {
  test('the events of several tasks come in the order of their times', () => {
    const first = taskOf('failed', { id: 'a', err: 'x' })
    const second = taskOf('running', {
      id: 'b',
      created: '2024-05-01T12:00:06Z',
      at: '2024-05-01T12:00:07.25Z',
    })
    const expected = [
      'Service created',
      'Failed on host of n: x',
      'Service created',
      'Running on host of n',
    ]
    expect(messages(first, second)).toEqual(expected)
    expect(messages(second, first)).toEqual(expected)
  })

  test('the events of several tasks at one moment come in the order of progress', () => {
    const at = '2024-05-01T12:00:00Z'
    expect(messages(taskOf('pending', { at }))).toEqual(['Service created', 'Waiting for a node'])
    const failed = taskOf('failed', { id: 'a', created: '2024-05-01T11:59:00Z', at })
    const next = taskOf('pending', { id: 'b', created: at, at })
    expect(messages(failed, next).slice(1)).toEqual([
      'Service created',
      'Waiting for a node',
      'Failed on host of n',
    ])
  })

  test('there are no events without tasks', () => {
    expect(taskEvents([], nodeName)).toEqual([])
  })
})

describe('mergeEvents', () => {
  const event = (seq: string, message = seq): ServerEvent => ({
    seq,
    time: '',
    progress: 0,
    message,
  })

  test.each<[string, ServerEvent[], ServerEvent[], ServerEvent[]]>([
    ['nothing and nothing', [], [], []],
    ['new ones follow', [event('a')], [event('b')], [event('a'), event('b')]],
    [
      'each is there once',
      [event('a'), event('b')],
      [event('b'), event('c')],
      [event('a'), event('b'), event('c')],
    ],
    [
      'the newer wording holds, at its place',
      [event('a', 'x'), event('b')],
      [event('a', 'y')],
      [event('a', 'y'), event('b')],
    ],
  ])('mergeEvents %s', (_, older, newer, expected) => {
    expect(mergeEvents(older, newer)).toEqual(expected)
  })
})

describe('whatever the tasks', () => {
  const tasks = fc.uniqueArray(
    fc
      .record({
        id: fc.stringMatching(/^[a-z]{1,3}$/),
        state: fc.constantFrom(...TaskState.options),
        created: fc.nat(1e6),
        later: fc.nat(1e6),
      })
      .map(({ id, state, created, later }) =>
        taskOf(state, {
          id,
          created: new Date(created).toISOString(),
          at: new Date(created + later).toISOString(),
        }),
      ),
    { selector: ({ ID }) => ID },
  )

  test('the events of any tasks are in the order of time, each once, in whatever order the Engine lists them', () => {
    fc.assert(
      fc.property(tasks, (given) => {
        const events = taskEvents(given, nodeName)
        const times = events.map(({ time }) => Date.parse(time))
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        expect(new Set(events.map(({ seq }) => seq)).size).toBe(events.length)
        const seqs = (one: readonly ServerEvent[]) => new Set(one.map(({ seq }) => seq))
        expect(seqs(taskEvents(given.toReversed(), nodeName))).toEqual(seqs(events))
      }),
    )
  })

  test('merging events forgets none, repeats none, and changes nothing the second time', () => {
    fc.assert(
      fc.property(tasks, tasks, (one, other) => {
        const [older, newer] = [taskEvents(one, nodeName), taskEvents(other, nodeName)]
        const merged = mergeEvents(older, newer)
        const seqs = merged.map(({ seq }) => seq)
        expect(new Set(seqs).size).toBe(seqs.length)
        for (const event of [...older, ...newer]) expect(seqs).toContain(event.seq)
        expect(mergeEvents(merged, newer)).toEqual(merged)
      }),
    )
  })
})
