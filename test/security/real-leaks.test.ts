import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'
import { canaryOf, findCanaries } from '../support/canaries.ts'
import { createTestService, send, type TestService } from '../support/test-hub.ts'

/** As leaks.test.ts, with a real Engine's own words in what comes out. */

const canaries = {
  apiToken: canaryOf('apiToken'),
  env: canaryOf('env'),
  setting: canaryOf('setting'),
  registry: canaryOf('registry'),
}
const env = {
  JUPYTERHUB_API_TOKEN: canaries.apiToken,
  JPY_API_TOKEN: canaries.apiToken,
  ANY: canaries.env,
}
const networks = ['jupyterhub']

let world: RealWorld
let service: TestService
beforeAll(async () => {
  world = await openRealWorld('28.5')
  const auth = { username: 'user', password: canaries.registry, serveraddress: '127.0.0.1:9' }
  const header = Buffer.from(JSON.stringify(auth)).toString('base64url')
  const transport = nodeTransport({ host: world.dockerd.dockerHost })
  service = createTestService(createSpawner(transport, { registryAuth: async () => header }))
}, 120_000)
afterAll(() => world?.close())

const settings = (image: string, more: object = {}) => ({
  container_spec: { image, env: { SETTING: canaries.setting } },
  networks,
  ...more,
})

describe('on a real Engine no answer holds what was planted', () => {
  const start = (username: string, config: object, more: object = {}) => ({
    server: { username },
    env,
    config,
    wait_s: 20,
    ...more,
  })
  const volume = {
    type: 'volume',
    source: 'v',
    target: '/v',
    driver_config: { name: 'no-such-driver', options: { password: canaries.setting } },
  }
  const calls: [string, object][] = [
    ['start', start('runs', settings('scenario/notebook:1'))],
    ['explain', start('runs', settings('scenario/notebook:1'))],
    ['start', start('ends', settings('scenario/exit-3:1'))],
    ['start', start('no-command', settings('scenario/bad-command:1'))],
    ['start', start('no-image', settings('127.0.0.1:9/private/image:1'))],
    ['start', start('no-driver', settings('scenario/notebook:1', { mounts: [volume] }))],
    ['start', start('no-network', { ...settings('scenario/notebook:1'), networks: ['nosuch'] })],
    ['start', start('odd', settings('scenario/notebook:1'), { env: { '': canaries.env, ...env } })],
    ['start', start('odd', settings('scenario/notebook:1'), { env: [canaries.env] })],
    ['poll', { servers: [{ username: 'runs' }, { username: 'ends' }] }],
    ['stop', { server: { username: 'nobody' } }],
  ]

  test.each(calls)(
    'on a real Engine no answer of /%s holds what was planted: %#',
    async (verb, data) => {
      const answer = await (await send(service, verb, data)).text()
      expect(answer).not.toBe('')
      expect(findCanaries(canaries, answer)).toEqual([])
      const headers = { accept: 'text/event-stream' }
      const events = await (await send(service, verb, data, { headers })).text()
      expect(findCanaries(canaries, events)).toEqual([])
    },
  )

  test('on a real Engine the log of the service does not hold what was planted', () => {
    expect(service.logged.length).toBeGreaterThan(5)
    expect(findCanaries(canaries, JSON.stringify(service.logged))).toEqual([])
  })

  test.each([
    [['ls', '--json']],
    [['poll', '--user', 'runs', '--json']],
    [['gc', '--json']],
    [['doctor', '--network', 'jupyterhub', '--image', 'scenario/notebook:1']],
    [['stop', '--user', 'runs', '--json']],
  ])('on a real Engine the command %o does not print what was planted', async (args) => {
    const own = { PATH: process.env['PATH'], HOME: '/nonexistent' }
    const output = await new Promise<string>((resolve) =>
      execFile(
        process.execPath,
        [join(projectRoot, 'dist/cli.js'), ...args],
        { env: { ...own, DOCKER_HOST: world.dockerd.dockerHost } },
        (_, out, err) => resolve(out + err),
      ),
    )
    expect(output).not.toBe('')
    expect(findCanaries(canaries, output)).toEqual([])
  })

  test('the Engine itself holds what was planted: whoever may inspect services may read the token', async () => {
    await send(service, 'start', start('runs', settings('scenario/notebook:1')))
    const { json } = await world.engine('GET', '/services')
    expect(findCanaries(canaries, JSON.stringify(json))).toContain('apiToken')
  })
})
