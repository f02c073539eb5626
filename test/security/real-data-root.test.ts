import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callEngine } from '../../lab/engine/call-engine.ts'
import { createOverlayNetwork } from '../../lab/engine/create-overlay-network.ts'
import { type RealEngine, startEngine } from '../../lab/engine/engine-lab.ts'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ask, createTestService, refused, type TestService } from '../support/test-hub.ts'

const IMAGE = 'scenario/notebook:1'
const ROOT = '/opt/data/docker'

describe.each(['20.10', '28.5'] as const)('Engine %s, which has its data elsewhere', (version) => {
  let engine: RealEngine
  let service: TestService
  let close = async () => {}
  beforeAll(async () => {
    engine = await startEngine({ version, args: ['--data-root', ROOT] })
    await importBusybox(engine, IMAGE, ['httpd', '-f', '-p', '8888', '-h', '/www'])
    await createOverlayNetwork(engine, 'jupyterhub')
    const transport = nodeTransport({ host: engine.dockerHost })
    close = () => transport.close()
    // All that a policy could list.
    const bind = ['/', '/opt', ROOT, `${ROOT}/volumes`, '*']
    const drivers = { local: { type: '*', o: '*', device: '*' }, '*': { '*': '*' } }
    const admin = { mounts: { bind, drivers } }
    const policy = completePolicy({ admin, user: admin, groups: {} })
    service = createTestService(createSpawner(transport, { policy }))
  }, 120_000)
  afterAll(async () => {
    await close()
    await engine?.stop()
  })

  const data = (mounts: unknown, options: object = {}) => ({
    server: { username: 'mallory' },
    config: { service_image: IMAGE, networks: ['jupyterhub'], mounts, use_user_options: true },
    ...options,
  })
  const ways = (path: string): [string, unknown][] => [
    ['a bind', { type: 'bind', source: path, target: '/x' }],
    ['a text', `${path}:/x:ro`],
    [
      'options of a volume',
      {
        source: 'bound',
        target: '/x',
        driver_config: { options: { type: 'none', o: 'bind', device: path } },
      },
    ],
    [
      'options of a plugin',
      {
        source: 'bound',
        target: '/x',
        driver_config: { name: 'local-persist', options: { mountpoint: path } },
      },
    ],
  ]

  const tries = [
    '/',
    '/opt',
    '/opt/data',
    ROOT,
    `${ROOT}/volumes`,
    `${ROOT}/swarm`,
    `/opt/./data/`,
  ].flatMap((path) => ways(path).map(([way, mount]) => [path, way, mount] as const))

  test.each(tries)('an Engine with its data elsewhere mounts no %s by %s', async (_, __, mount) => {
    const ofHub = await refused(service, 'start', data([mount]))
    expect(ofHub).toMatchObject({ code: 'not_allowed', issues: [{ path: 'mounts.0' }] })
    expect(ofHub.detail).toContain('DockerRootDir in docker info')
    const ofUser = data(undefined, { user_options: { mounts: [mount] } })
    expect(await refused(service, 'start', ofUser)).toMatchObject({ code: 'not_allowed' })
    const services = await callEngine(engine.socketPath, { method: 'GET', path: '/services' })
    expect(JSON.parse(services.body.toString())).toEqual([])
  })

  test('an Engine with its data elsewhere mounts a directory beside its data', async () => {
    const [enter = '', ...rest] = engine.namespace.inNamespaces
    await promisify(execFile)(enter, [...rest, 'mkdir', '-p', '/opt/data/lab'])
    for (const [, mount] of ways('/opt/data/lab').slice(0, 3)) {
      const state = await ask(service, 'start', data([mount]))
      expect(state).toMatchObject({ state: 'running', reason: null })
      await ask(service, 'stop', { server: { username: 'mallory' } })
    }
  })
})
