import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { DockerError } from '../../src/docker/errors.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { explain } from '../../src/spawner/explain.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'
import { startServer } from '../support/start-server.ts'

const { signal } = new AbortController()
const GIB = 2 ** 30

const requestOf = (config: object, username = 'alice'): StartRequest =>
  v.parse(StartRequest, {
    server: { username },
    config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'], ...config },
  })

const open = (as: '28.5' | '29.7' = '28.5') =>
  createSpawner(createEmbeddedEngine({ as, memoryBytes: 8 * GIB, nanoCpus: 4e9 }).transport)

const reserving = (resources: object) => ({ resource_spec: { Reservations: resources } })

describe('explain says what stands in the way of a start', () => {
  test.each<[string, object, from: string, reason: string]>([
    [
      'a network that does not exist',
      { networks: ['jupyterhub', 'nonesuch'] },
      'networks.1',
      'network nonesuch does not exist',
    ],
    [
      'a constraint that no node meets',
      { placement: ['node.role==manager', 'node.labels.gpu==yes'] },
      'placement',
      'no node meets node.labels.gpu==yes',
    ],
    [
      'more memory than any node has',
      reserving({ MemoryBytes: 9 * GIB }),
      'resource_spec.Reservations.MemoryBytes',
      '9663676416 bytes of memory are reserved, and the largest node that the constraints allow has 8589934592',
    ],
    [
      'more CPUs than any node has',
      reserving({ NanoCPUs: 5e9 }),
      'resource_spec.Reservations.NanoCPUs',
      '5 CPUs are reserved, and the largest node that the constraints allow has 4',
    ],
    [
      'more GPUs than any node has',
      { resource_spec: { generic_resources: { gpu: 2 } } },
      'resource_spec.generic_resources',
      '2 of gpu are reserved, and the largest node that the constraints allow has 0',
    ],
    [
      'an image whose name no Engine takes',
      { service_image: 'Jupyter/Base:1 ' },
      'service_image',
      'the image has no name that Engines take, such as quay.io/jupyter/base-notebook:latest',
    ],
    [
      'a platform that no node is of',
      { placement: { platforms: ['windows/amd64', 'linux/arm64'] } },
      'placement.platforms',
      'no node can run windows/amd64 or linux/arm64',
    ],
    [
      'a platform that is only of nodes without the label',
      { placement: { constraints: ['node.role==manager'], platforms: ['linux/arm64'] } },
      'placement.platforms',
      'no node that the constraints allow can run linux/arm64',
    ],
    [
      'a field that this Engine does not know',
      { resource_spec: { mem_limit: GIB, memory_swap: 0 } },
      'Resources.SwapBytes',
      'needs Engine API 1.52; this Engine speaks 1.51 and would leave it out',
    ],
  ])('%s', async (_, config, from, reason) => {
    const told = await explain(open(), 'default', requestOf(config), signal)
    expect(told.obstacles).toEqual([{ from, reason }])
    expect(told.would_start).toBe(false)
    expect(told.policy.filter(({ verdict }) => verdict === 'refused')).toEqual([])
  })
})

test('explain finds nothing in the way of a server that starts, nor of one that runs', async () => {
  const spawner = open()
  const request = requestOf({
    ...reserving({ MemoryBytes: 8 * GIB }),
    placement: {
      constraints: ['node.role==manager'],
      platforms: ['windows', 'linux/amd64'],
    },
  })
  const clear = { would_start: true, obstacles: [] }
  expect(await explain(spawner, 'default', request, signal)).toMatchObject(clear)
  await startServer(spawner, { username: 'alice' })
  expect(await explain(spawner, 'default', request, signal)).toMatchObject(clear)
})

test('explain without an Engine says that the Engine was not asked', async () => {
  const away = new DockerError('unreachable', 'GET /version: connect ECONNREFUSED')
  const spawner = createSpawner(() => Promise.reject(away))
  const told = await explain(spawner, 'default', requestOf({}), signal)
  expect(told).toMatchObject({ would_start: true, obstacles: [] })
  expect(told.warnings.join()).toContain('The Engine was not asked')
})

test('explain says the verdict first', async () => {
  const told = await explain(open(), 'default', requestOf({}), signal)
  expect(Object.keys(told).slice(0, 3)).toEqual(['would_start', 'obstacles', 'warnings'])
})
