import { expect, test } from 'vitest'
import type { ServerEvent } from '../../../src/spawner/state/events.ts'
import { tellPreparing } from '../../../src/spawner/state/tell-preparing.ts'

const event = (seq: string, second: number, message = seq): ServerEvent => ({
  seq,
  time: new Date(second * 1000).toISOString(),
  progress: 0,
  message,
})
const messages = (...events: ServerEvent[]) => tellPreparing(events).map(({ message }) => message)

test('the first event after a long preparing says how long that took, and no other one does', () => {
  const events = [
    event('a:preparing:1', 1),
    event('a:preparing:1-5', 6),
    event('a:starting:2', 41, 'Starting on node-1'),
    event('a:running:3', 42, 'Running on node-1'),
  ]
  const expected = [
    'a:preparing:1',
    'a:preparing:1-5',
    'Starting on node-1 (preparing took 40 seconds)',
    'Running on node-1',
  ]
  expect(messages(...events)).toEqual(expected)
  expect(messages(...tellPreparing(events))).toEqual(expected)
})

test.each([
  ['a node that had the image', [event('a:preparing:1', 1), event('a:running:2', 2)]],
  ['a preparing that nobody saw', [event('a:assigned:1', 1), event('a:running:2', 20)]],
  ['another task', [event('a:preparing:1', 1), event('b:running:2', 20)]],
  ['a node that gave up', [event('a:preparing:1', 1), event('a:rejected:2', 20)]],
  ['a clock that went back', [event('a:preparing:1', 20), event('a:running:2', 1)]],
  [
    'times that cannot be read',
    [{ ...event('a:preparing:1', 1), time: '' }, event('a:running:2', 20)],
  ],
])('nothing is said of %s', (_, events) => {
  expect(tellPreparing(events)).toEqual(events)
})
