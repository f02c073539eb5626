import { expect, test } from 'vitest'
import type { Task } from '../../../src/docker/tasks.ts'
import { writeLabels } from '../../../src/spawner/server/labels.ts'
import { withFullCluster } from '../../../src/spawner/state/full-cluster.ts'
import { serverState } from '../../../src/spawner/state/server-state.ts'
import { expectSentence } from '../../support/student-sentence.ts'

const CREATED = Date.parse('2026-11-28T10:00:00Z')
const labelsOf = (startTimeoutS: number) =>
  writeLabels({
    hub: 'default',
    serviceName: 'x',
    username: 'alice',
    serverName: '',
    spawnId: 'a',
    issuedAt: 1,
    port: 8888,
    startTimeoutS,
  })
const pending = (Err: string, startTimeoutS = 300): Task => ({
  ID: 'task',
  CreatedAt: new Date(CREATED).toISOString(),
  ServiceID: 'service',
  DesiredState: 'running',
  Spec: { ContainerSpec: { Labels: labelsOf(startTimeoutS) } },
  Status: { Timestamp: new Date(CREATED).toISOString(), State: 'pending', Err },
})
const toldAfter = (seconds: number, task: Task) =>
  withFullCluster({ now: () => CREATED + seconds * 1000 }, serverState('x', [task]), task)

test.each([
  ['insufficient resources on 3 nodes'],
  ['max replicas per node limit exceed'],
  ['host-mode port already in use on 2 nodes'],
  ['scheduling constraints not satisfied on 2 nodes; insufficient resources on 1 node'],
])('nodes that others have filled are called a full cluster: %s', (words) => {
  const { user_message } = toldAfter(6, pending(`no suitable node (${words})`))
  expect(user_message).toContain('The cluster is full.')
  expectSentence(user_message)
})

test.each([
  ['scheduling constraints not satisfied on 3 nodes'],
  ['3 nodes not available for new tasks'],
  ['missing plugin on 1 node'],
])('what no other server causes is not: %s', (words) => {
  const task = pending(`no suitable node (${words})`)
  expect(toldAfter(600, task)).toEqual(serverState('x', [task]))
})

test('for six seconds nothing is said, since the server may be larger than every node', () => {
  const task = pending('no suitable node (insufficient resources on 1 node)')
  expect(toldAfter(5.9, task)).toEqual(serverState('x', [task]))
})

test.each([
  [1, ': this start goes on for 1 second in all.'],
  [90, ': this start goes on for 90 seconds in all.'],
  [600, ': this start goes on for 10 minutes in all.'],
  // A service of an older version.
  [0, 'Please wait.'],
])('a start_timeout of %i is told', (seconds, end) => {
  const { user_message } = toldAfter(
    6,
    pending('no suitable node (insufficient resources)', seconds),
  )
  expect(user_message?.endsWith(end)).toBe(true)
})
