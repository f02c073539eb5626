import { describe, expect, test } from 'vitest'
import { info, ping } from '../../src/docker/system.ts'
import { startEngine } from './start-engine.ts'

describe('the embedded engine', () => {
  test('the embedded engine says that it is embedded wherever an Engine tells its version', async () => {
    const { docker, call } = startEngine()
    const { ServerVersion, Name } = await info(docker)
    expect([ServerVersion, Name]).toEqual(['28.5.2-embedded', 'embedded'])
    expect(await (await call('/v1.51/version')).text()).toContain('"Version":"28.5.2-embedded"')
    expect((await call('/_ping')).headers.get('server')).toBe('Docker/28.5.2-embedded (linux)')
  })

  test('the embedded engine answers a ping as a manager that speaks API 1.51', async () => {
    const { docker, call } = startEngine()
    expect(await ping(docker)).toEqual({ apiVersion: '1.51', swarm: 'active/manager' })
    expect(await (await call('/_ping', { method: 'HEAD' })).text()).toBe('')
  })

  test('the embedded engine as 29.7 says so, and speaks API 1.55', async () => {
    const { docker, call } = startEngine({ as: '29.7' })
    expect((await info(docker)).ServerVersion).toBe('29.7.2-embedded')
    expect(await ping(docker)).toEqual({ apiVersion: '1.55', swarm: 'active/manager' })
    for (const path of ['/version', '/nodes', '/networks', '/services/nosuch']) {
      const { headers } = await call(`/v1.55${path}`)
      expect(headers.get('server')).toBe('Docker/29.7.2-embedded (linux)')
      expect(headers.get('api-version')).toBe('1.55')
    }
    expect(await (await call('/nodes')).text()).toContain('"EngineVersion":"29.7.2-embedded"')
  })

  test.each<['28.5' | '29.7', string, string]>([
    ['28.5', '1.99', 'client version 1.99 is too new. Maximum supported API version is 1.51'],
    ['28.5', '1.52', 'client version 1.52 is too new. Maximum supported API version is 1.51'],
    ['28.5', '1.23', 'client version 1.23 is too old. Minimum supported API version is 1.24'],
    ['29.7', '1.56', 'client version 1.56 is too new. Maximum supported API version is 1.55'],
    ['29.7', '1.39', 'client version 1.39 is too old. Minimum supported API version is 1.40'],
  ])('the embedded engine as %s refuses API version %s', async (as, version, text) => {
    const response = await startEngine({ as }).call(`/v${version}/info`)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(text)
  })

  test.each(['/nosuch', '/v1.51/containers/json', '/v1/info', '/services/create'])(
    'the embedded engine has no page %s',
    async (path) => {
      const response = await startEngine().call(path)
      expect(response.status).toBe(404)
    },
  )

  test('the embedded engine has as many nodes, and as big ones, as it is told', async () => {
    const { docker, call } = startEngine({ nodes: 3, memoryBytes: 1e9, nanoCpus: 4e9 })
    expect((await info(docker)).Swarm.Nodes).toBe(3)
    const workers = '/nodes?filters={"role":["worker"]}'
    expect(await (await call(workers)).text()).toContain('"Hostname":"embedded-3"')
    expect(await (await call('/info')).text()).toContain('"NCPU":4,"MemTotal":1000000000')
  })

  test('the embedded engine keeps its state to itself', async () => {
    const first = startEngine()
    await first.call('/networks/create', {
      method: 'POST',
      body: { Name: 'private', Driver: 'overlay' },
    })
    expect((await startEngine().call('/networks/private')).status).toBe(404)
    expect((await first.call('/networks/private')).status).toBe(200)
  })
})
