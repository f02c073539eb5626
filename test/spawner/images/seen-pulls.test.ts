import { describe, expect, test } from 'vitest'
import { createCountedSpawner, createServers } from '../../../lab/load/many-servers.ts'
import type { Task, TaskState } from '../../../src/docker/tasks.ts'
import { pullAhead } from '../../../src/spawner/images/pull-ahead.ts'
import type { PullLabels } from '../../../src/spawner/images/pull-labels.ts'
import { pullSpec } from '../../../src/spawner/images/pull-spec.ts'
import { seePulls } from '../../../src/spawner/images/seen-pulls.ts'

const labels: PullLabels = {
  hub: 'default',
  image: 'lab/nb:1',
  source: 'hub',
  why: 'profile gpu',
  key: 'k',
  since: '2026-11-28T10:00:00.000Z',
  constraints: [],
  platforms: [],
}

let made = 0
const task = (
  NodeID: string,
  State: TaskState,
  more: { run?: number; Err?: string } = {},
): Task => {
  const { Labels } = pullSpec(labels).TaskTemplate.ContainerSpec ?? {}
  const { run: Index = 2, Err } = more
  return {
    ID: `task-${++made}`,
    CreatedAt: new Date(made * 1000).toISOString(),
    ServiceID: 'job',
    NodeID,
    DesiredState: 'complete',
    JobIteration: { Index },
    Spec: { ContainerSpec: { Labels } },
    Status: { State, Timestamp: labels.since, ...(Err !== undefined && { Err }) },
  }
}

describe('which images are due, by the tasks of the swarm', () => {
  test('each node counts once, by the newest run of the job', () => {
    const tasks = [
      task('a', 'rejected', { run: 1, Err: 'No such image: lab/nb:1' }),
      task('a', 'complete'),
      task('b', 'preparing'),
      task('c', 'rejected', { Err: 'No such image: lab/nb:1' }),
      task('d', 'complete'),
    ]
    const { hub, image, source, since } = labels
    expect(seePulls(tasks)).toEqual([
      {
        ...{ hub, image, source, since },
        nodes: { there: 2, downloading: 1, failed: 1 },
        reason: 'No such image: lab/nb:1',
      },
    ])
  })

  test('a look at the swarm sees what is due beside its servers, in the same two calls', async () => {
    const { spawner, calls } = createCountedSpawner({ nodes: 3, speed: 1000 })
    await createServers(spawner, [{ hub: 'default', username: 'alice' }])
    const { signal } = new AbortController()
    await pullAhead(spawner, { hub: 'default', image: 'demo/notebook:1', signal })
    const see = async () => {
      calls.length = 0
      return spawner.lookAround()
    }
    await expect
      .poll(async () => (await see()).pulls, { timeout: 10_000 })
      .toMatchObject([{ image: 'demo/notebook:1', source: 'command', nodes: { there: 3 } }])
    expect((await see()).servers.map(({ labels: own }) => own.username)).toEqual(['alice'])
    expect(calls.length).toBeLessThanOrEqual(2)
  })
})
