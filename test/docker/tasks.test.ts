import { http } from 'msw/http'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, fixtureNames, readFixture } from '../../fixtures/fixture.ts'
import { listTasks, Task } from '../../src/docker/tasks.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const filters = { service: ['jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1'] }

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const prefix = `/v${agreedApi(version)}`
  const states = ['new', 'pending', 'assigned', 'preparing', 'starting', 'running'] as const

  test.each(states)('a task that is %s is listed with its state and our labels', async (state) => {
    engine.replay(version, `task-list.${state}`)
    const tasks = await listTasks(engine.docker(version), { filters })
    expect(tasks).toHaveLength(1)
    expect(tasks[0]).toMatchObject({
      DesiredState: 'running',
      Status: { State: state },
      Spec: { ContainerSpec: { Labels: { 'org.swarmspawner.service-name': filters.service[0] } } },
    })
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `${prefix}/tasks`,
      query: { filters: JSON.stringify(filters) },
    })
  })

  test('every recorded list of tasks can be read', () => {
    const names = fixtureNames(version).filter((name) => /^task-list\..*200$/.test(name))
    expect(names.length).toBeGreaterThan(15)
    for (const name of names) {
      const { json } = readFixture(version, name).response
      expect(() => v.parse(v.array(Task), json), name).not.toThrow()
    }
  })

  test('the end of a task has its exit code and its reason', async () => {
    engine.replay(version, 'task-list.failed')
    const [task] = await listTasks(engine.docker(version), { filters })
    expect(task?.Status).toMatchObject({
      State: 'failed',
      Err: 'task: non-zero exit (3)',
      ContainerStatus: { ExitCode: 3 },
    })
  })

  test('what a task says of itself is told without the password of a registry', async () => {
    const { json } = readFixture(version, 'task-list.rejected').response
    const [task] = v.parse(v.tuple([v.looseObject({ Status: v.looseObject({}) })]), json)
    const Err = 'Get "https://user:canary-3c@registry.example/v2/?token=canary-3c": EOF'
    const answer = [{ ...task, Status: { ...task.Status, Err, Message: `preparing ${Err}` } }]
    engine.use(http.get('*/tasks', () => Response.json(answer)))
    const told = JSON.stringify(await listTasks(engine.docker(version)))
    expect(told).toContain('@registry.example/v2/')
    expect(told).not.toContain('canary-3c')
  })

  test('a list of the tasks of a service that is gone is an error if it is filtered by the service', async () => {
    engine.replay(version, 'task-list.service-missing')
    await expect(listTasks(engine.docker(version), { filters })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('no tasks are an empty list', async () => {
    engine.replay(version, 'task-list.empty')
    expect(await listTasks(engine.docker(version))).toEqual([])
  })
})
