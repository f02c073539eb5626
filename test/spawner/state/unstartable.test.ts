import { describe, expect, test } from 'vitest'
import type { ServiceSpec } from '../../../src/docker/service-spec.ts'
import type { Task } from '../../../src/docker/tasks.ts'
import { whyUnstartable } from '../../../src/spawner/state/unstartable.ts'
import { SAID } from '../../support/pull-words.ts'

const specOf = (Delay?: number): ServiceSpec => ({
  Name: 'x',
  TaskTemplate: {
    ContainerSpec: { Image: 'x' },
    RestartPolicy: { Condition: 'any', ...(Delay !== undefined && { Delay }) },
  },
})

let made = 0
const taskOf = (State: Task['Status']['State'], Err?: string, ExitCode?: number): Task => ({
  ID: `task-${made}`,
  CreatedAt: new Date(made++ * 1000).toISOString(),
  DesiredState: 'shutdown',
  Spec: {},
  Status: {
    Timestamp: '2024-05-01T12:00:00Z',
    State,
    ...(Err !== undefined && { Err }),
    ...(ExitCode !== undefined && { ContainerStatus: { ExitCode } }),
  },
})
const crashed = () => taskOf('failed', 'task: non-zero exit (3)', 3)

/** What Engines say of volumes that can't be mounted, as seen on 20.10 and 28.5. */
const MOUNTS = [
  "error while mounting volume '/var/lib/docker/volumes/dev/_data': failed to mount local volume: mount /dev/none:/var/lib/docker/volumes/dev/_data: no such file or directory",
  "error while mounting volume '/var/lib/docker/volumes/b/_data': failed to mount local volume: mount /srv/none:/var/lib/docker/volumes/b/_data, flags: 0x1000: no such file or directory",
  "error while mounting volume '/var/lib/docker/volumes/n/_data': failed to mount local volume: mount :/srv:/var/lib/docker/volumes/n/_data, data: addr=127.0.0.1: no such device",
  'cannot access path /var/lib/docker/volumes/vs/_data/none/there: lstat /var/lib/docker/volumes/vs/_data/none: no such file or directory',
].map((words) => `starting container failed: ${words}`)

describe('a start under a restart policy', () => {
  test('a start under a restart policy has hope while nothing has ended, and after one or two ends', () => {
    expect(whyUnstartable([], specOf())).toBeUndefined()
    expect(whyUnstartable([taskOf('starting'), taskOf('shutdown')], specOf())).toBeUndefined()
    expect(whyUnstartable([crashed(), crashed(), taskOf('ready')], specOf())).toBeUndefined()
  })

  test('a start under a restart policy has no hope after three ends, and says the last', () => {
    const ends = [crashed(), taskOf('complete'), taskOf('failed', 'task: non-zero exit (4)', 4)]
    expect(whyUnstartable([...ends, taskOf('ready')], specOf())).toEqual({
      reason: 'task: non-zero exit (4)',
      status: 4,
    })
    expect(
      whyUnstartable([taskOf('complete'), taskOf('complete'), taskOf('complete')], specOf()),
    ).toEqual({ reason: 'task complete', status: 1 })
  })

  test.each([
    'No such image: lab:1',
    'invalid mount config for type "bind": bind source path does not exist: /srv/missing',
    'create a b: "a b" includes invalid characters for a local volume name',
    "the working directory 'rel' is invalid, it needs to be an absolute path",
    'starting container failed: failed to create task: exec: "nosuch": executable file not found in $PATH',
    'starting container failed: unable to find user nobody2: no matching entries in passwd file',
    ...MOUNTS,
    'open /var/lib/docker/volumes/v/_data: permission denied',
    'failed to chmod on /var/lib/docker/volumes/v/_data: chmod /var/lib/docker/volumes/v/_data: operation not permitted',
  ])('a start under a restart policy has no hope if another try changes nothing: %s', (err) => {
    expect(whyUnstartable([taskOf('rejected', err)], specOf())).toEqual({ reason: err, status: 1 })
  })

  test('a start under a restart policy has no hope after a rejected pull, and says what the newest node said', () => {
    const told = Object.values(SAID).flat()
    for (const err of told) {
      const others = told.map((other) => taskOf('rejected', other))
      const tasks = [...others, taskOf('rejected', err), taskOf('preparing')]
      expect(whyUnstartable(tasks, specOf())).toEqual({ reason: err, status: 1 })
      expect(whyUnstartable([taskOf('rejected', err)], specOf())?.reason).toBe(err)
    }
  })

  test.each([
    'task: non-zero exit (1)',
    'starting container failed: error while mounting volume: connection timed out',
    'context deadline exceeded',
  ])('a start under a restart policy has hope if the next try may do better: %s', (err) => {
    expect(whyUnstartable([taskOf('failed', err)], specOf())).toBeUndefined()
  })

  test('a start under a restart policy has no hope if the next try is far away', () => {
    expect(whyUnstartable([crashed()], specOf(10e9))).toBeUndefined()
    expect(whyUnstartable([crashed()], specOf(11e9))).toMatchObject({ status: 3 })
  })
})
