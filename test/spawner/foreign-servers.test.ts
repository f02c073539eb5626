import { beforeEach, describe, expect, test } from 'vitest'
import { createService, listServices } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { clearForeign, listForeignServers } from '../../src/spawner/foreign-servers.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { startServer } from '../support/start-server.ts'

const signal = new AbortController().signal
const JUPYTERHUB = [
  'JUPYTERHUB_API_TOKEN=secret-token',
  'JUPYTERHUB_API_URL=http://hub:8081/hub/api',
  'JUPYTERHUB_USER=Ünï@x.org',
  'JUPYTERHUB_SERVER_NAME=lab',
]
const JPY = ['JPY_API_TOKEN=secret-token', 'JPY_USER=alice', 'JPY_HUB_API_URL=http://old:8081/hub']

let spawner: Spawner
beforeEach(() => {
  spawner = createSpawner(createEmbeddedEngine({ speed: 50 }).transport)
})

const make = (name: string, Env: string[], Labels: Record<string, string> = {}) =>
  createService(spawner.docker, {
    spec: {
      Name: name,
      TaskTemplate: { ContainerSpec: { Image: 'demo/notebook:1', Env, Labels } },
    },
  })
const list = () => listForeignServers(spawner, signal)

describe('servers of other spawners', () => {
  test('are told by what JupyterHub and each spawner put into the environment', async () => {
    await make('jupyter--c3-9cn--lab', [...JUPYTERHUB, 'JUPYTER_IMAGE_SPEC=demo/notebook:1'])
    await make('jupyter-alice-1', [...JUPYTERHUB.slice(0, 2), ...JPY], { image_name: 'Base' })
    await make('jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1', JPY)
    await make('own-spawner', [...JUPYTERHUB, 'EMPTY', '=odd'])
    const found = await list()
    expect(
      found.map(({ service_id: _, created_at: __, state: ___, node: ____, ...rest }) => rest),
    ).toEqual(
      expect.arrayContaining([
        {
          service_name: 'jupyter--c3-9cn--lab',
          spawner: 'dockerspawner',
          username: 'Ünï@x.org',
          server_name: 'lab',
          hub_api: 'http://hub:8081/hub/api',
        },
        expect.objectContaining({ service_name: 'jupyter-alice-1', spawner: 'jhub-swarmspawner' }),
        expect.objectContaining({
          service_name: 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1',
          spawner: 'cassinyspawner or an old jhub-swarmspawner',
          username: 'alice',
          hub_api: 'http://old:8081/hub',
        }),
        expect.objectContaining({ service_name: 'own-spawner', spawner: 'another' }),
      ]),
    )
    expect(found).toHaveLength(4)
    expect(JSON.stringify(found)).not.toContain('secret-token')
  })

  test('are no servers of ours, of any hub, no services of a hub, and nothing else in the swarm', async () => {
    await startServer(spawner, { username: 'alice' })
    await startServer(spawner, { username: 'bob', hub: 'other', service_prefix: 'other' })
    await make('culler', ['JUPYTERHUB_API_TOKEN=a', 'JUPYTERHUB_SERVICE_NAME=cull'])
    await make('hub', ['JUPYTERHUB_USER='])
    await make('named', ['JUPYTERHUB_USER=alice'])
    await make('postgres', [])
    expect(await list()).toEqual([])
  })

  test('say on which node they run', async () => {
    await make('jupyter-alice', JPY)
    await expect
      .poll(async () => (await list())[0])
      .toMatchObject({ state: 'running', node: expect.stringMatching(/\S/) })
  })
})

describe('clearForeign', () => {
  test('removes those that are named, and no other', async () => {
    await make('jupyter-alice', JPY)
    await make('jupyter-bob', JPY)
    await startServer(spawner, { username: 'alice' })
    const done = await clearForeign(spawner, await list(), { names: ['jupyter-bob'], signal })
    expect(done.map(({ service_name, outcome }) => [service_name, outcome])).toEqual(
      expect.arrayContaining([
        ['jupyter-alice', 'listed'],
        ['jupyter-bob', 'removed'],
      ]),
    )
    expect((await list()).map(({ service_name }) => service_name)).toEqual(['jupyter-alice'])
    expect(await listServices(spawner.docker)).toHaveLength(2)
  })

  test('does not touch a newer service of the name', async () => {
    await make('jupyter-bob', JPY)
    const seen = await list()
    await clearForeign(spawner, seen, { names: ['jupyter-bob'], signal })
    await make('jupyter-bob', JPY)
    const [again] = await clearForeign(spawner, seen, { names: ['jupyter-bob'], signal })
    expect(again).toMatchObject({ outcome: 'gone' })
    expect(await list()).toHaveLength(1)
  })
})
