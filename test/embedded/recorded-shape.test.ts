import { describe, expect, test } from 'vitest'
import creation from '../../fixtures/28.5/service-create.201.json' with { type: 'json' }
import recordedService from '../../fixtures/28.5/service-inspect.200.json' with { type: 'json' }
import update from '../../fixtures/28.5/service-update.200.json' with { type: 'json' }
import { readFixture } from '../../fixtures/fixture.ts'
import { findService } from '../../src/docker/services.ts'
import { EMBEDDED_VERSIONS, type EmbeddedVersion } from '../../src/embedded/recordings.ts'
import { jsonOf, startEngine } from './start-engine.ts'

const NAME = creation.request.body.Name

/** The service that was recorded, in an engine that is `afterMs` older than it. */
const recordedServiceAfter = async (afterMs: number, as: EmbeddedVersion = '28.5') => {
  const started = startEngine({ as })
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

describe.each(EMBEDDED_VERSIONS)('as %s', (as) => {
  const recorded = (name: string) => readFixture(as, name).response

  test.each([
    ['service-inspect.200', `/services/${NAME}`],
    ['service-list.status.200', '/services?status=true'],
    ['task-list.running.200', '/tasks'],
    ['node-list.200', '/nodes'],
    ['network-list.200', '/networks'],
    ['network-inspect.200', '/networks/jupyterhub'],
    ['image-inspect.200', '/images/lab/notebook:1/json'],
    ['info.200', '/info'],
    ['version.200', '/version'],
  ])('an answer of the embedded engine has the keys that %s has', async (name, path) => {
    const { call } = await recordedServiceAfter(1000, as)
    const answer = await call(`/v1.51${path}`)
    expect(keyPaths(await jsonOf(answer.clone()))).toEqual(keyPaths(recorded(name).json))
    expect([...answer.headers.keys()].sort()).toEqual(Object.keys(recorded(name).headers).sort())
  })

  test.each([
    ['new', 0],
    ['pending', 3],
  ])('a task that is %s has the keys of a recorded one', async (state, afterMs) => {
    const { call } = await recordedServiceAfter(afterMs, as)
    const { json } = recorded(`task-list.${state}.200`)
    expect(keyPaths(await jsonOf(call('/v1.51/tasks')))).toEqual(keyPaths(json))
  })

  test('a service that is being updated has the keys of a recorded one', async () => {
    const { call, docker } = await recordedServiceAfter(1000, as)
    const version = (await findService(docker, { id: NAME }))?.Version.Index
    const path = `/services/${NAME}/update?version=${version}`
    const answer = await call(path, { method: 'POST', body: update.request.body })
    expect(await jsonOf(answer)).toEqual(recorded('service-update.200').json)
    const updated = await jsonOf(call(`/services/${NAME}`))
    expect(keyPaths(updated)).toEqual(keyPaths(recorded('service-inspect.updated.200').json))
  })
})

test('the spec that is kept is the spec that the Engine kept, except for ids', async () => {
  const { call } = await recordedServiceAfter(0)
  const networkId = JSON.stringify(await jsonOf(call('/networks/jupyterhub'))).match(
    /"Id":"(\w+)"/,
  )?.[1]
  const { TaskTemplate, ...spec } = recordedService.response.json.Spec
  expect(await jsonOf(call(`/services/${NAME}`))).toMatchObject({
    Spec: { ...spec, TaskTemplate: { ...TaskTemplate, Networks: [{ Target: networkId }] } },
  })
})
