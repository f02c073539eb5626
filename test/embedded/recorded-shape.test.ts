import { expect, test } from 'vitest'
import recordedInfo from '../../fixtures/28.5/info.200.json' with { type: 'json' }
import recordedNetwork from '../../fixtures/28.5/network-inspect.200.json' with { type: 'json' }
import recordedNodes from '../../fixtures/28.5/node-list.200.json' with { type: 'json' }
import creation from '../../fixtures/28.5/service-create.201.json' with { type: 'json' }
import recordedService from '../../fixtures/28.5/service-inspect.200.json' with { type: 'json' }
import recordedUpdate from '../../fixtures/28.5/service-inspect.updated.200.json' with {
  type: 'json',
}
import recordedServices from '../../fixtures/28.5/service-list.status.200.json' with {
  type: 'json',
}
import update from '../../fixtures/28.5/service-update.200.json' with { type: 'json' }
import newTasks from '../../fixtures/28.5/task-list.new.200.json' with { type: 'json' }
import pendingTasks from '../../fixtures/28.5/task-list.pending.200.json' with { type: 'json' }
import recordedTasks from '../../fixtures/28.5/task-list.running.200.json' with { type: 'json' }
import recordedVersion from '../../fixtures/28.5/version.200.json' with { type: 'json' }
import { findService } from '../../src/docker/services.ts'
import { jsonOf, startEngine } from './start-engine.ts'

const NAME = creation.request.body.Name

/** The service that was recorded, in an engine that is `afterMs` older than it. */
const recordedServiceAfter = async (afterMs: number) => {
  const started = startEngine()
  await started.call('/services/create', { method: 'POST', body: creation.request.body })
  started.pass(afterMs)
  return started
}

/** The paths of all JSON keys; the entries of a list count as one. */
const keyPaths = (value: unknown, path = ''): string[] => {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Object.entries(value).map(([key, item]) =>
    keyPaths(item, `${path}/${Array.isArray(value) ? '*' : key}`),
  )
  return [...new Set([path, ...entries.flat()])].sort()
}

test.each([
  ['service-inspect.200', `/services/${NAME}`, recordedService],
  ['service-list.status.200', '/services?status=true', recordedServices],
  ['task-list.running.200', '/tasks', recordedTasks],
  ['node-list.200', '/nodes', recordedNodes],
  ['network-inspect.200', '/networks/jupyterhub', recordedNetwork],
  ['info.200', '/info', recordedInfo],
  ['version.200', '/version', recordedVersion],
])('an answer has the keys that %s has', async (_, path, { response }) => {
  const { call } = await recordedServiceAfter(1000)
  const answer = await call(`/v1.51${path}`)
  expect(keyPaths(await jsonOf(answer.clone()))).toEqual(keyPaths(response.json))
  expect([...answer.headers.keys()].sort()).toEqual(Object.keys(response.headers).sort())
})

test.each([
  ['new', 0, newTasks],
  ['pending', 3, pendingTasks],
])('a task that is %s has the keys of a recorded one', async (_, afterMs, { response }) => {
  const { call } = await recordedServiceAfter(afterMs)
  expect(keyPaths(await jsonOf(call('/v1.51/tasks')))).toEqual(keyPaths(response.json))
})

test('a service that is being updated has the keys of a recorded one', async () => {
  const { call, docker } = await recordedServiceAfter(1000)
  const version = (await findService(docker, { id: NAME }))?.Version.Index
  const path = `/services/${NAME}/update?version=${version}`
  const answer = await call(path, { method: 'POST', body: update.request.body })
  expect(await jsonOf(answer)).toEqual(update.response.json)
  const updated = await jsonOf(call(`/services/${NAME}`))
  expect(keyPaths(updated)).toEqual(keyPaths(recordedUpdate.response.json))
})

test('the spec that is kept is the one that the Engine kept, but for ids', async () => {
  const { call } = await recordedServiceAfter(0)
  const networkId = JSON.stringify(await jsonOf(call('/networks/jupyterhub'))).match(
    /"Id":"(\w+)"/,
  )?.[1]
  const { TaskTemplate, ...spec } = recordedService.response.json.Spec
  expect(await jsonOf(call(`/services/${NAME}`))).toMatchObject({
    Spec: { ...spec, TaskTemplate: { ...TaskTemplate, Networks: [{ Target: networkId }] } },
  })
})
