import { describe, expect, test } from 'vitest'
import { SCENARIO_LABEL } from '../../../src/embedded/choose-scenario.ts'
import { specOf, startEngine } from '../start-engine.ts'

const statusAfter = async (ms: number, spec: ReturnType<typeof specOf>) => {
  const { create, pass, tasksOf } = startEngine()
  await create(spec)
  pass(ms)
  const [task] = await tasksOf(spec.Name)
  return task?.Status
}

describe('what becomes of a service', () => {
  test.each([
    ['lab/notebook:1', 'running', undefined],
    ['slow-pull:1', 'preparing', undefined],
    ['demo/pull-forever', 'preparing', undefined],
    ['lab/nosuch:1', 'rejected', 'No such image: lab/nosuch:1'],
    ['127.0.0.1:5000/image-missing:2', 'rejected', 'No such image: 127.0.0.1:5000/image-missing:2'],
    ['registry-denied', 'rejected', 'No such image: registry-denied'],
    [
      'no-suitable-node',
      'pending',
      'no suitable node (scheduling constraints not satisfied on 1 node)',
    ],
    ['insufficient-resources', 'pending', 'no suitable node (insufficient resources on 1 node)'],
    ['demo/crash-at-start:1', 'failed', 'task: non-zero exit (1)'],
    ['exit-0', 'complete', undefined],
    ['exit-3', 'failed', 'task: non-zero exit (3)'],
    ['oom', 'failed', 'task: non-zero exit (137)'],
    ['bad-command', 'failed', 'task: non-zero exit (127)'],
    ['unhealthy', 'failed', 'task: non-zero exit (143): dockerexec: unhealthy container'],
    ['dies-later', 'failed', 'task: non-zero exit (1)'],
    [`exit-3:1@sha256:${'0'.repeat(64)}`, 'failed', 'task: non-zero exit (3)'],
  ])('a service of the image %s is after four seconds %s', async (image, state, err) => {
    const status = await statusAfter(4000, specOf('web', image))
    expect([status?.State, status?.Err]).toEqual([state, err])
  })

  test('the label of a service says what becomes of it, rather than its image', async () => {
    const spec = { ...specOf('web', 'exit-3'), Labels: { [SCENARIO_LABEL]: 'exit-0' } }
    expect((await statusAfter(1000, spec))?.State).toBe('complete')
  })

  test.each([
    ['/nope/x', 'rejected'],
    ['/srvx', 'rejected'],
    ['/srv/alice', 'running'],
    ['/', 'running'],
  ])('a service with a bind mount of %s is %s', async (Source, state) => {
    const Mounts = [{ Type: 'bind' as const, Source, Target: '/mnt' }]
    const spec = specOf('web', 'x', { ContainerSpec: { Image: 'x', Mounts } })
    const status = await statusAfter(1000, spec)
    expect(status?.State).toBe(state)
    if (state === 'rejected') expect(status?.Err).toMatch(new RegExp(`does not exist: ${Source}$`))
  })

  test.each([
    ['node.role==worker', 'pending'],
    ['node.role != worker', 'running'],
    ['node.hostname==embedded', 'running'],
    ['node.labels.gpu==yes', 'pending'],
    ['node.labels.gpu!=yes', 'running'],
  ])('a service with the constraint %s is %s', async (constraint, state) => {
    const spec = specOf('web', 'x', { Placement: { Constraints: [constraint] } })
    expect((await statusAfter(1000, spec))?.State).toBe(state)
  })

  test('a service that reserves more than a node has is pending', async () => {
    const spec = specOf('web', 'x', { Resources: { Reservations: { MemoryBytes: 2 ** 50 } } })
    expect((await statusAfter(1000, spec))?.Err).toBe(
      'no suitable node (insufficient resources on 1 node)',
    )
  })
})
