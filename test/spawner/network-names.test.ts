import * as v from 'valibot'
import { expect, test } from 'vitest'
import { connectDocker } from '../../src/docker/docker.ts'
import { ServiceSpec } from '../../src/docker/service-spec.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createNetworkNames } from '../../src/spawner/network-names.ts'

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
  return { names: createNetworkNames(docker), asked }
}

test('the Engine is asked once for a network, also by starts of a moment', async () => {
  const { names, asked } = open()
  const spec = specOf('jupyterhub', 'host')
  const both = await Promise.all([names(spec), names(spec)])
  expect(both[0]).toEqual(new Map(['jupyterhub', 'host'].map((name) => [name, name])))
  await names(spec)
  expect(asked).toHaveLength(2)
})

test('one that does not exist is called as it was, and asked for again', async () => {
  const { names, asked } = open()
  expect(await names(specOf('nosuch'))).toEqual(new Map([['nosuch', 'nosuch']]))
  await names(specOf('nosuch'))
  expect(asked).toHaveLength(2)
})

test('a failure is told, and not remembered', async () => {
  const { names } = open({ fails: 1 })
  await expect(names(specOf('jupyterhub'))).rejects.toThrow('lost')
  expect((await names(specOf('jupyterhub'))).get('jupyterhub')).toBe('jupyterhub')
})

test('no network is no question', async () => {
  const { names, asked } = open()
  expect(await names(specOf())).toEqual(new Map())
  expect(asked).toEqual([])
})
