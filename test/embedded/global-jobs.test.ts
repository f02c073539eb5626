import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readFixture } from '../../fixtures/fixture.ts'
import { Job, type JobSpec, listJobs, runJobAgain } from '../../src/docker/jobs.ts'
import { createService, removeService } from '../../src/docker/services.ts'
import { listTasks } from '../../src/docker/tasks.ts'
import { jsonOf, startEngine } from './start-engine.ts'

const creation = v.parse(
  v.looseObject({ Name: v.string() }),
  readFixture('28.5', 'service-create.job.201').request.body,
)

/** The paths of all JSON keys; the entries of a list count as one. */
const keyPaths = (value: unknown, path = ''): string[] => {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Object.entries(value).map(([key, item]) =>
    keyPaths(item, `${path}/${Array.isArray(value) ? '*' : key}`),
  )
  return [...new Set([path, ...entries.flat()])].sort()
}

const jobOf = (Image: string, more: Partial<JobSpec['TaskTemplate']> = {}): JobSpec => ({
  Name: 'pull',
  TaskTemplate: {
    ContainerSpec: { Image, Command: ['/sbin/docker-init', '--version'] },
    RestartPolicy: { Condition: 'on-failure', Delay: 3600e9 },
    ...more,
  },
  Mode: { GlobalJob: {} },
})

const world = (nodes = 2) => {
  const { docker, pass, call } = startEngine({ nodes })
  const tasks = () => listTasks(docker, { filters: { name: ['pull.'] } })
  const states = async () =>
    (await tasks()).map(({ Status, DesiredState }) => `${Status.State}/${DesiredState}`).sort()
  const job = async () => {
    const [found] = await listJobs(docker, { filters: { name: ['pull'] } })
    if (!found) throw new Error('no job')
    return found
  }
  return { docker, pass, call, tasks, states, job }
}

describe('the answers have the keys of recorded ones', () => {
  test.each([
    ['service-inspect.job', `/services/${creation.Name}`, 0],
    ['service-list.job', '/services?status=true', 0],
    ['task-list.job-complete', '/tasks', 0],
    ['service-inspect.job-again', `/services/${creation.Name}`, 1],
  ])('%s', async (name, path, again) => {
    const { docker, pass, call } = startEngine()
    await call('/services/create', { method: 'POST', body: creation })
    pass(2000)
    if (again > 0) {
      const [job] = await listJobs(docker, { filters: {} })
      await runJobAgain(docker, { job: v.parse(Job, job) })
    }
    expect(keyPaths(await jsonOf(call(path)))).toEqual(
      keyPaths(readFixture('28.5', `${name}.200`).response.json),
    )
  })
})

test('a job has one task on each node that meets its constraints, and all of them end', async () => {
  const { docker, pass, states, tasks } = world(3)
  const Placement = { Constraints: ['node.role==worker'] }
  await createService(docker, { spec: jobOf('lab/notebook:1', { Placement }) })
  expect(await states()).toEqual(['new/complete', 'new/complete'])
  pass(2000)
  expect(await states()).toEqual(['complete/complete', 'complete/complete'])
  expect(new Set((await tasks()).map(({ NodeID }) => NodeID)).size).toBe(2)
})

test('a task that fails has one successor at once, which waits for the delay', async () => {
  const { docker, pass, states } = world(1)
  await createService(docker, { spec: jobOf('lab/missing:1') })
  pass(1000)
  expect(await states()).toEqual(['rejected/ready', 'rejected/shutdown'])
  pass(60_000)
  expect(await states()).toEqual(['rejected/ready', 'rejected/shutdown'])
  pass(3_600_000)
  expect(await states()).toHaveLength(3)
})

test('with the condition none, a task that fails is tried again without a delay', async () => {
  const { docker, pass, states } = world(1)
  const RestartPolicy = { Condition: 'none' } as const
  await createService(docker, { spec: jobOf('lab/missing:1', { RestartPolicy }) })
  pass(10_000)
  expect((await states()).length).toBeGreaterThan(5)
})

test('a node of another platform has a task that says so and waits', async () => {
  const { docker, pass, tasks } = world(1)
  const Placement = { Platforms: [{ OS: 'linux', Architecture: 's390x' }] }
  await createService(docker, { spec: jobOf('lab/notebook:1', { Placement }) })
  pass(5000)
  const [task] = await tasks()
  const { json } = readFixture('28.5', 'task-list.job-no-platform.200').response
  expect(json).toMatchObject([{ Status: { State: task?.Status.State, Err: task?.Status.Err } }])
})

test('every change begins an iteration, whose tasks take the place of the former', async () => {
  const { docker, pass, job, tasks } = world(2)
  await createService(docker, { spec: jobOf('lab/notebook:1') })
  pass(2000)
  const first = await job()
  await runJobAgain(docker, { job: first, labels: { a: 'b' } })
  pass(2000)
  const second = await job()
  expect(second.JobStatus?.JobIteration).toEqual({ Index: 1 })
  expect(second.Spec.Labels).toEqual({ a: 'b' })
  expect((await tasks()).map(({ JobIteration }) => JobIteration)).toEqual([
    { Index: 1 },
    { Index: 1 },
  ])
  await expect(runJobAgain(docker, { job: first })).rejects.toThrow(/out of sequence/)
})

test('a removed job leaves no task', async () => {
  const { docker, pass, states } = world(2)
  await createService(docker, { spec: jobOf('lab/notebook:1') })
  pass(2000)
  await removeService(docker, { id: 'pull' })
  pass(1000)
  expect(await states()).toEqual([])
})
