import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { findContainer, networksOfContainer } from '../../src/docker/containers.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const idOf = (name: string) => readFixture(version, name).request.path.split('/').at(-2) ?? ''

  test('a container that runs says so', async () => {
    engine.replay(version, 'container-inspect.200')
    const id = idOf('container-inspect.200')
    expect(await findContainer(engine.docker(version), { id })).toEqual({
      State: { Running: true, OOMKilled: false },
    })
    const apiVersion = agreedApi(version)
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `/v${apiVersion}/containers/${id}/json`,
    })
  })

  test('a container says in which networks it is', async () => {
    engine.replay(version, 'container-inspect.200')
    const id = idOf('container-inspect.200')
    const networks = await networksOfContainer(engine.docker(version), { id })
    expect([...(networks ?? [])].every(([name, network]) => name && network)).toBe(true)
    expect(networks?.size).toBeGreaterThan(0)
  })

  test('a container that used up its memory says so', async () => {
    engine.replay(version, 'container-inspect.oom.200')
    const id = idOf('container-inspect.oom.200')
    const container = await findContainer(engine.docker(version), { id })
    expect(container).toEqual({ State: { Running: false, OOMKilled: true } })
  })

  test('a container of another node is found to be absent', async () => {
    engine.replay(version, 'container-inspect.404')
    const id = idOf('container-inspect.404')
    expect(await findContainer(engine.docker(version), { id })).toBeUndefined()
  })
})
