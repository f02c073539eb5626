import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { connectDocker } from '../../../src/docker/docker.ts'
import { filesOf } from '../../../src/docker/files.ts'
import { ServiceSpec } from '../../../src/docker/service-spec.ts'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { nameFiles } from '../../../src/spawner/engine/name-files.ts'

const specOf = (container: object): ServiceSpec =>
  v.parse(ServiceSpec, { Name: 'a', TaskTemplate: { ContainerSpec: { Image: 'a', ...container } } })

const SOURCES = {
  'TaskTemplate.ContainerSpec.Secrets': 'container_spec.secrets',
  'TaskTemplate.ContainerSpec.Configs': 'user_options.container_spec.configs',
}

/** An Engine that has a few secrets and configs, and finds them by the beginnings of their names; and what it was asked. */
const open = (has: readonly string[] = ['token', 'token-2', 'rc']) => {
  const asked: string[] = []
  const { transport } = createEmbeddedEngine()
  const answering: EngineTransport = async (request) => {
    const url = new URL(request.path, 'http://engine')
    if (!/\/(secrets|configs)$/.test(url.pathname)) return transport(request)
    asked.push(url.pathname)
    const { name } = v.parse(
      v.object({ name: v.array(v.string()) }),
      JSON.parse(url.searchParams.get('filters') ?? ''),
    )
    const found = has.filter((one) => name.some((start) => one.startsWith(start)))
    const list = found.map((Name) => ({ ID: `id-of-${Name}`, Spec: { Name } }))
    const answer = new Response(JSON.stringify(list))
    const version = await transport({ ...request, method: 'GET', path: '/_ping' })
    return { ...version, status: 200, body: answer.body ?? version.body }
  }
  return { docker: connectDocker(answering), asked }
}

describe('secrets and configs', () => {
  test('by their names alone get their ids, with one question for each kind', async () => {
    const { docker, asked } = open()
    const spec = specOf({
      Secrets: [
        { SecretName: 'token' },
        { SecretName: 'token-2' },
        { SecretID: 'x', SecretName: 'y' },
      ],
      Configs: [{ ConfigName: 'rc' }],
    })
    const { Secrets, Configs } = (await nameFiles(filesOf(docker), spec, SOURCES)).TaskTemplate
      .ContainerSpec
    expect(Secrets).toEqual([
      { SecretID: 'id-of-token', SecretName: 'token' },
      { SecretID: 'id-of-token-2', SecretName: 'token-2' },
      { SecretID: 'x', SecretName: 'y' },
    ])
    expect(Configs).toEqual([{ ConfigID: 'id-of-rc', ConfigName: 'rc' }])
    expect(asked.map((path) => path.split('/').at(-1))).toEqual(['secrets', 'configs'])
  })

  test('with ids are no question', async () => {
    const { docker, asked } = open()
    const spec = specOf({ Secrets: [{ SecretID: 'x', SecretName: 'y' }] })
    expect(await nameFiles(filesOf(docker), spec, SOURCES)).toEqual(spec)
    expect(asked).toEqual([])
  })

  test.each([
    ['no such name', 'tok'],
    ['a name that Swarm does not take', '../token'],
    ['too long a name', 'a'.repeat(65)],
  ])('%s is refused by the setting', async (_, name) => {
    const { docker } = open()
    const spec = specOf({ Configs: [{ ConfigName: 'rc' }, { ConfigName: name }] })
    await expect(nameFiles(filesOf(docker), spec, SOURCES)).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [
        {
          path: 'user_options.container_spec.configs.1',
          message: 'is not there: the swarm has no config of this name (docker config ls)',
        },
      ],
    })
  })

  test('many names are refused before anybody is asked', async () => {
    const { docker, asked } = open()
    const Secrets = Array.from({ length: 65 }, (_, index) => ({ SecretName: `a${index}` }))
    await expect(nameFiles(filesOf(docker), specOf({ Secrets }), SOURCES)).rejects.toThrow(
      'container_spec.secrets: has more than 64 names; give their ids',
    )
    expect(asked).toEqual([])
  })
})
