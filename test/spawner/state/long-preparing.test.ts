import { expect, test } from 'vitest'
import type { Task } from '../../../src/docker/tasks.ts'
import type { Ahead } from '../../../src/spawner/images/ahead.ts'
import { withLongPreparing } from '../../../src/spawner/state/long-preparing.ts'
import { serverState } from '../../../src/spawner/state/server-state.ts'
import { timeoutMessage } from '../../../src/spawner/state/user-message.ts'

const SINCE = Date.parse('2026-11-28T10:00:00Z')
const taskOf = (State: Task['Status']['State'], Err = ''): Task => ({
  ID: 'task',
  CreatedAt: new Date(SINCE - 1000).toISOString(),
  ServiceID: 'service',
  NodeID: 'n',
  DesiredState: 'running',
  Spec: {},
  Status: { Timestamp: new Date(SINCE).toISOString(), State, Err },
})
const stateOf = (task: Task) => serverState('x', [task], () => 'node-2')
const toldAfter = (
  seconds: number,
  task = taskOf('preparing'),
  ahead: Ahead = async () => undefined,
) => withLongPreparing({ now: () => SINCE + seconds * 1000, ahead }, stateOf(task), task)

test('a node that has the image is soon ready, so nothing more is said for five seconds', async () => {
  expect(await toldAfter(4.9)).toEqual(stateOf(taskOf('preparing')))
})

test.each([
  [5, '5 seconds'],
  [29, '15 seconds'],
  [125, '2 minutes'],
  [100_000, '60 minutes'],
])(
  'after %d seconds the event says how long the node has been preparing',
  async (seconds, length) => {
    const { events, cursor } = await toldAfter(seconds)
    expect(events.at(-1)).toMatchObject({
      progress: 30,
      message: `Still preparing on node-2, for ${length} now: it downloads the image if it does not have it`,
    })
    expect(cursor.startsWith(stateOf(taskOf('preparing')).cursor)).toBe(true)
  },
)

test('a whole day of preparing has ten lines, each with a key and a cursor of its own', async () => {
  const seconds = Array.from({ length: 8640 }, (_, tens) => tens * 10 + 5)
  const day = await Promise.all(seconds.map((second) => toldAfter(second)))
  expect(new Set(day.flatMap(({ events }) => events.map(({ seq }) => seq))).size).toBe(12)
  expect(new Set(day.map(({ cursor }) => cursor)).size).toBe(10)
})

test.each([
  ['a task that starts', taskOf('starting')],
  ['a pull that fails and is tried again', taskOf('preparing', 'dial tcp: no route to host')],
  [
    'a time that cannot be read',
    { ...taskOf('preparing'), Status: { Timestamp: '', State: 'preparing' as const } },
  ],
])('nothing is added to %s', async (_, task) => {
  expect(await toldAfter(600, task)).toEqual(stateOf(task))
})

test.each<[Awaited<ReturnType<Ahead>>, string, string]>([
  [undefined, ': it downloads the image if it does not have it', 'was still being fetched'],
  ['downloading', ': it downloads the image', 'was still being fetched'],
  ['there', ', although its image was downloaded ahead', 'was not ready in time'],
])('where the image is %s, people read so, also when the time is up', async (ahead, end, late) => {
  const { events } = await toldAfter(60, taskOf('preparing'), async () => ahead)
  const message = events.at(-1)?.message ?? ''
  expect(message).toBe(`Still preparing on node-2, for 60 seconds now${end}`)
  expect(timeoutMessage(message)).toContain(late)
})
