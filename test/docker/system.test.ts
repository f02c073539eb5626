import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { info, ping } from '../../src/docker/system.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const apiVersion = agreedApi(version)

  test('a ping tells the API version, and since Engine 23 the role in the swarm', async () => {
    const docker = engine.docker(version)
    const swarm = version === '20.10' ? undefined : 'active/manager'
    expect(await ping(docker)).toEqual({
      apiVersion: readFixture(version, 'ping.200').response.headers['api-version'],
      swarm,
    })
    expect(await engine.lastRequest()).toMatchObject({
      method: 'HEAD',
      path: `/v${apiVersion}/_ping`,
    })
  })

  test.each([
    ['ping.not-in-swarm', 'inactive'],
    ['ping.worker', 'active/worker'],
  ])('%s says that the swarm is %s, if the Engine tells it', async (name, swarm) => {
    const docker = engine.docker(version)
    engine.replay(version, name)
    expect((await ping(docker)).swarm).toBe(version === '20.10' ? undefined : swarm)
  })

  test('a ping that is refused is an error', async () => {
    const docker = engine.docker(version)
    engine.use(http.head('*/_ping', () => new Response(null, { status: 500 })))
    await expect(ping(docker)).rejects.toMatchObject({
      code: 'server_error',
      engineMessage: 'HTTP 500',
    })
  })

  test.each([
    ['info.200', { LocalNodeState: 'active', ControlAvailable: true }],
    ['info.worker', { LocalNodeState: 'active', ControlAvailable: false }],
    ['info.not-in-swarm', { LocalNodeState: 'inactive', ControlAvailable: false }],
  ])('%s tells the state of the Engine in the swarm', async (name, swarm) => {
    engine.replay(version, name)
    const answer = await info(engine.docker(version))
    expect(answer).toMatchObject({ Swarm: swarm, Name: expect.stringMatching(/^node-[12]$/) })
    expect(answer.ServerVersion.startsWith(version)).toBe(true)
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `/v${apiVersion}/info`,
      query: {},
    })
  })

  test('an info that is refused is an error', async () => {
    engine.use(http.get('*/info', () => Response.json({ message: 'not you' }, { status: 403 })))
    await expect(info(engine.docker(version))).rejects.toMatchObject({ code: 'forbidden' })
  })
})
