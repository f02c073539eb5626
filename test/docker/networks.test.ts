import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { findNetwork, listNetworks } from '../../src/docker/networks.ts'
import { responseOf, setupEngine } from '../support/setup-engine.ts'

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

  test('networks are listed, those of one machine too', async () => {
    engine.replay(version, 'network-list.200')
    const networks = await listNetworks(engine.docker(version))
    expect(networks).toContainEqual(
      expect.objectContaining({ Name: 'jupyterhub', Scope: 'swarm', Driver: 'overlay' }),
    )
    expect(networks).toContainEqual(
      expect.objectContaining({ Name: 'local-bridge', Scope: 'local', Driver: 'bridge' }),
    )
    expect(networks.filter(({ Ingress }) => Ingress).map(({ Name }) => Name)).toEqual(['ingress'])
    expect(await engine.lastRequest()).toMatchObject({ method: 'GET', path: `${prefix}/networks` })
  })

  test('networks are listed by filter', async () => {
    engine.use(http.get('*/networks', () => responseOf(readFixture(version, 'network-list.200'))))
    await listNetworks(engine.docker(version), { filters: { scope: ['swarm'] } })
    expect((await engine.lastRequest()).query).toEqual({ filters: '{"scope":["swarm"]}' })
  })

  test('an Engine that may not list networks refuses', async () => {
    engine.use(
      http.get('*/networks', () => Response.json({ message: 'by a plugin' }, { status: 403 })),
    )
    await expect(listNetworks(engine.docker(version))).rejects.toMatchObject({
      code: 'forbidden',
      engineMessage: 'by a plugin',
    })
  })
})
