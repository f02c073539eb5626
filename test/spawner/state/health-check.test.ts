import { describe, expect, test } from 'vitest'
import type { Task } from '../../../src/docker/tasks.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { withHealthCheck } from '../../../src/spawner/state/health-check.ts'
import { serverState } from '../../../src/spawner/state/server-state.ts'
import { VOLUME_WORDS } from '../../../src/spawner/state/volume-words.ts'

type Check = NonNullable<Task['Spec']['ContainerSpec']>['Healthcheck']
type Mounts = NonNullable<Task['Spec']['ContainerSpec']>['Mounts']

const SINCE = Date.parse('2026-11-28T10:00:00Z')
const Timestamp = new Date(SINCE).toISOString()
/** A task on a node whose Engine we can't ask. */
const starting = (Healthcheck?: Check, Mounts?: Mounts): Task => ({
  ID: 'task',
  CreatedAt: Timestamp,
  ServiceID: 'service',
  NodeID: 'node',
  DesiredState: 'running',
  Spec: { ContainerSpec: { Healthcheck, Mounts } },
  Status: { Timestamp, State: 'starting', ContainerStatus: { ContainerID: 'elsewhere' } },
})
const messageAfter = async (seconds: number, task: Task) => {
  const now = () => SINCE + seconds * 1000
  const spawner = createSpawner(createEmbeddedEngine().transport, { now })
  const before = serverState('x', [task])
  const { events } = await withHealthCheck(spawner, before, task)
  return events.length > before.events.length ? events.at(-1)?.message : undefined
}

describe('on a node that cannot be asked', () => {
  test('the check of the service is told after two seconds', async () => {
    const task = starting({ Test: ['CMD', 'true'], Interval: 600e9 })
    expect(await messageAfter(1.9, task)).toBeUndefined()
    expect(await messageAfter(2, task)).toContain('10 minutes after the start')
  })

  test.each<[string, Check]>([
    ['no check', undefined],
    ['an empty check', { Test: [] }],
    ['only a start period', { StartPeriod: 600e9 }],
  ])(
    'with %s in the service, the image may have one: that is said after ten seconds',
    async (_, check) => {
      expect(await messageAfter(9.9, starting(check))).toBeUndefined()
      expect(await messageAfter(10, starting(check))).toBe(
        'Waiting for the health check of the image, if it has one',
      )
    },
  )

  test('a check that is switched off is never waited for', async () => {
    expect(await messageAfter(600, starting({ Test: ['NONE'] }))).toBeUndefined()
  })

  test('a volume of other storage is told after ten seconds, with the check that the image may have', async () => {
    const nfs = { DriverConfig: { Options: { type: 'nfs', device: ':/homes/alice' } } }
    const home = [{ VolumeOptions: nfs }]
    expect(await messageAfter(9.9, starting(undefined, home))).toBeUndefined()
    expect(await messageAfter(10, starting(undefined, home))).toBe(VOLUME_WORDS.orCheck)
    expect(await messageAfter(10, starting({ Test: ['NONE'] }, home))).toBe(VOLUME_WORDS.alone)
    expect(await messageAfter(600, starting({ Test: ['NONE'] }, [{}]))).toBeUndefined()
  })
})
