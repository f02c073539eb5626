import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { findNode, listNodes } from '../../src/docker/nodes.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  test('nodes are listed with their role and what they have', async () => {
    engine.replay(version, 'node-list.200')
    const [node] = await listNodes(engine.docker(version))
    expect(node).toMatchObject({
      Spec: { Role: 'manager', Availability: 'active' },
      Description: { Hostname: 'node-1', Resources: { NanoCPUs: expect.any(Number) } },
      Status: { State: 'ready' },
    })
    const apiVersion = agreedApi(version)
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `/v${apiVersion}/nodes`,
      query: {},
    })
  })

  test('managers and workers stand in one list', async () => {
    engine.replay(version, 'node-list.two')
    const nodes = await listNodes(engine.docker(version))
    expect(nodes.map(({ Spec }) => Spec.Role).sort()).toEqual(['manager', 'worker'])
  })

  test('a worker does not list nodes', async () => {
    engine.replay(version, 'node-list.not-a-manager')
    await expect(listNodes(engine.docker(version))).rejects.toMatchObject({
      code: 'not_a_manager',
      httpStatus: 503,
    })
  })
})

describe.each(ENGINE_VERSIONS)('a node of Engine %s', (version) => {
  const idOf = (name: string) => readFixture(version, name).request.path.split('/').at(-1) ?? ''

  test('a node is found by its id', async () => {
    engine.replay(version, 'node-inspect.200')
    const node = await findNode(engine.docker(version), { id: idOf('node-inspect.200') })
    expect(node).toMatchObject({ Description: { Hostname: 'node-1' }, Status: { State: 'ready' } })
  })

  test('a node that is not there is found to be absent', async () => {
    engine.replay(version, 'node-inspect.404')
    const id = idOf('node-inspect.404')
    expect(await findNode(engine.docker(version), { id })).toBeUndefined()
  })
})
