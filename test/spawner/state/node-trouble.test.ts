import { HttpResponse, http } from 'msw/http'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readFixture } from '../../../fixtures/fixture.ts'
import { Node } from '../../../src/docker/nodes.ts'
import type { Task } from '../../../src/docker/tasks.ts'
import { withNodeTrouble } from '../../../src/spawner/state/node-trouble.ts'
import {
  absent,
  type ServerState,
  withUserMessage,
} from '../../../src/spawner/state/server-state.ts'
import { setupEngine } from '../../support/setup-engine.ts'

const engine = setupEngine()
const { response } = readFixture('28.5', 'node-inspect.200')

const nodeWith = (more: {
  availability?: string
  state?: string
  message?: string
  labels?: Record<string, string>
}) => {
  const recorded = v.parse(Node, response.json)
  const node = {
    ...recorded,
    Spec: {
      ...recorded.Spec,
      Availability: more.availability ?? 'active',
      Labels: more.labels ?? {},
    },
    Status: { State: more.state ?? 'ready', Message: more.message ?? '' },
  }
  engine.use(http.get('*/nodes/node-1', () => HttpResponse.json(node)))
}

const stopping: ServerState = { ...absent('x'), state: 'stopping', status: null, cursor: 'c' }
const taskOf = (State: Task['Status']['State'], DesiredState: Task['DesiredState']): Task => ({
  ID: 'task',
  CreatedAt: '2024-05-01T12:00:00Z',
  NodeID: 'node-1',
  DesiredState,
  Spec: {},
  Status: { Timestamp: '2024-05-01T12:00:00Z', State },
})
const explained = (task: Task | undefined, state = stopping) =>
  withNodeTrouble({ docker: engine.docker('28.5') }, state, task)

describe('a task that Swarm wants shut down', () => {
  test('a task that Swarm wants shut down has failed if its node is down', async () => {
    nodeWith({ state: 'down', message: 'heartbeat failure' })
    const state = await explained(taskOf('running', 'shutdown'))
    expect(state).toMatchObject({
      state: 'failed',
      status: 1,
      reason: 'Node node-1 is down: heartbeat failure',
    })
    expect(state.cursor).not.toBe(stopping.cursor)
  })

  test('a task that Swarm wants shut down has failed if its node is not there any more', async () => {
    engine.use(
      http.get('*/nodes/node-1', () => HttpResponse.json({ message: 'no' }, { status: 404 })),
    )
    expect(await explained(taskOf('orphaned', 'shutdown'))).toMatchObject({
      state: 'failed',
      reason: 'Node node-1 was removed from the swarm',
    })
  })

  test('a task that Swarm wants shut down stops, or has failed with its own code, if its node is drained', async () => {
    nodeWith({ availability: 'drain' })
    const reason = 'Node node-1 was drained'
    expect(await explained(taskOf('running', 'shutdown'))).toEqual(
      withUserMessage({ ...stopping, reason }),
    )
    const failed: ServerState = { ...stopping, state: 'failed', status: 143 }
    expect(await explained(taskOf('shutdown', 'shutdown'), failed)).toEqual(
      withUserMessage({ ...failed, reason }),
    )
  })

  test('a server whose node was drained for maintenance says so, with the message', async () => {
    const labels = {
      'org.swarmspawner.maintenance-at': '2026-11-28T18:00:00Z',
      'org.swarmspawner.maintenance-message': 'New disks',
    }
    nodeWith({ availability: 'drain', labels })
    const failed: ServerState = { ...stopping, state: 'failed', status: 143 }
    expect(await explained(taskOf('shutdown', 'shutdown'), failed)).toMatchObject({
      reason: 'Node node-1 is in maintenance: New disks',
      user_message:
        'Your administrator has stopped this computer for maintenance: New disks. You may start your server again. If you cannot, tell your administrator.',
    })
    expect((await explained(taskOf('running', 'shutdown'))).user_message).toBe(
      'Your administrator has stopped this computer for maintenance. Please wait until it has stopped, and start it again.',
    )
  })

  test('a task that Swarm wants shut down stays as it is if its node is well', async () => {
    nodeWith({})
    expect(await explained(taskOf('running', 'shutdown'))).toBe(stopping)
  })
})

test.each([
  taskOf('running', 'running'),
  taskOf('running', 'remove'),
  taskOf('failed', 'shutdown'),
  taskOf('rejected', 'shutdown'),
  taskOf('complete', 'shutdown'),
])('no node is asked for a task of $Status.State, wanted $DesiredState', async (task) => {
  expect(await explained(task)).toBe(stopping)
  expect(await explained(undefined)).toBe(stopping)
  expect(await engine.requests()).toEqual([])
})
