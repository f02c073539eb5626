import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS } from '../../fixtures/fixture.ts'
import { findNetwork } from '../../src/docker/networks.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const prefix = `/v${agreedApi(version)}`

  test('a network is found by its name', async () => {
    engine.replay(version, 'network-inspect.200')
    expect(await findNetwork(engine.docker(version), { id: 'jupyterhub' })).toMatchObject({
      Name: 'jupyterhub',
      Scope: 'swarm',
      Driver: 'overlay',
    })
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `${prefix}/networks/jupyterhub`,
      query: {},
    })
  })

  test('an unknown network is found to be absent', async () => {
    engine.replay(version, 'network-inspect.404')
    expect(await findNetwork(engine.docker(version), { id: 'nosuch' })).toBeUndefined()
  })

  test('a locked swarm is not taken for an absent network', async () => {
    const message = 'Swarm is encrypted and needs to be unlocked before it can be used.'
    engine.use(http.get('*/networks/:id', () => Response.json({ message }, { status: 503 })))
    await expect(findNetwork(engine.docker(version), { id: 'x' })).rejects.toMatchObject({
      code: 'locked',
    })
  })
})
