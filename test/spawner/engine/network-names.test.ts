import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { connectDocker } from '../../../src/docker/docker.ts'
import { ServiceSpec } from '../../../src/docker/service-spec.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createNetworkNames } from '../../../src/spawner/engine/network-names.ts'
import { createOwnNetworks } from '../../../src/spawner/engine/own-networks.ts'

const specOf = (...targets: string[]): ServiceSpec =>
  v.parse(ServiceSpec, {
    Name: 'a',
    TaskTemplate: {
      ContainerSpec: { Image: 'a' },
      Networks: targets.map((Target) => ({ Target })),
    },
  })

/** Names on an embedded engine, and how often it was asked for networks. */
const open = ({ fails = 0 } = {}) => {
  const { transport } = createEmbeddedEngine()
  const asked: string[] = []
  let failures = fails
  const docker = connectDocker(async (request) => {
    if (!request.path.includes('/networks/')) return transport(request)
    asked.push(request.path)
    if (failures-- > 0) throw new Error('lost')
    return transport(request)
  })
  return { names: createNetworkNames(docker, createOwnNetworks(docker, undefined)), asked }
}

test('the Engine is asked once for a network, also by starts at the same moment', async () => {
  const { names, asked } = open()
  const spec = specOf('jupyterhub', 'host')
  const both = await Promise.all([names(spec), names(spec)])
  expect(both[0]).toEqual(new Map(['jupyterhub', 'host'].map((name) => [name, { name }])))
  await names(spec)
  expect(asked).toHaveLength(2)
})

test('a network that does not exist is called as it was asked for, and asked for again', async () => {
  const { names, asked } = open()
  expect(await names(specOf('nosuch'))).toEqual(new Map([['nosuch', { name: 'nosuch' }]]))
  await names(specOf('nosuch'))
  expect(asked).toHaveLength(2)
})

test('a failure to find a network is told, and not remembered', async () => {
  const { names } = open({ fails: 1 })
  await expect(names(specOf('jupyterhub'))).rejects.toThrow('lost')
  expect((await names(specOf('jupyterhub'))).get('jupyterhub')).toEqual({ name: 'jupyterhub' })
})

test('a start without a network asks no question', async () => {
  const { names, asked } = open()
  expect(await names(specOf())).toEqual(new Map())
  expect(asked).toEqual([])
})

describe('a network that the service is in', () => {
  const ID = 'q1w2e3r4t5y6u7i8o9p0a1s2d'
  const ids = new Map([
    ['hub_control', ID],
    ['other', 'zzzzzzzzzzzzzzzzzzzzzzzzz'],
  ])

  /** An Engine whose networks are called so, where it can be asked for them at all. */
  const engineOf = (names: readonly string[]) =>
    connectDocker(async ({ path }) => {
      const asked = decodeURIComponent(path.split('/').at(-1) ?? '')
      const found = names.includes(asked)
      const network = { Id: ID, Name: 'hub_control', Scope: 'swarm', Driver: 'overlay' }
      const body = JSON.stringify(found ? network : { message: `network ${asked} not found` })
      return {
        status: path === '/_ping' || found ? 200 : 404,
        header: (name) => (name === 'api-version' ? '1.41' : undefined),
        body: (async function* () {
          yield Buffer.from(path === '/_ping' ? 'OK' : body)
        })(),
      }
    })

  test.each([['hub_control'], [ID], [ID.slice(0, 12)], [ID.slice(0, 3)], [' hub_control']])(
    'a network that the service is in is kept back as %j, also if the Engine does not find it',
    async (spelt) => {
      for (const found of [[spelt], []]) {
        const names = createNetworkNames(engineOf(found), async () => ({ ids }))
        expect((await names(specOf(spelt))).get(spelt)).toEqual({
          name: 'hub_control',
          keptBack: expect.stringContaining('the SwarmSpawner service itself is in this network'),
        })
      }
    },
  )

  test('a network that the service is in is not one whose name begins with its id', async () => {
    const names = createNetworkNames(engineOf([]), async () => ({ ids }))
    for (const other of ['servers', 'hub_contro', `${ID}0`, 'q1w3'])
      expect((await names(specOf(other))).get(other)).toEqual({ name: other })
  })

  test("any network may be the service's own if the Engine does not tell", async () => {
    const names = createNetworkNames(engineOf([]), async () => ({ whyUnknown: 'forbidden' }))
    expect((await names(specOf('servers'))).get('servers')).toEqual({
      name: 'servers',
      keptBack: expect.stringMatching(/does not know.*forbidden.*listed by name/),
    })
  })
})
