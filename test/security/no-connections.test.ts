import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { connectDocker } from '../../src/docker/docker.ts'
import { info } from '../../src/docker/system.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { listenOnPort } from '../support/listen.ts'
import { createTestService, send, type TestService } from '../support/test-hub.ts'

/** Nothing that a hub, a user or an Engine says makes us open a connection to where they point. */

describe('a request', () => {
  // Nobody listens at port 9; a look there would be seen all the same.
  const url = 'http://127.0.0.1:9/canary'
  const server = { username: url, server_name: url }
  const config = {
    service_image: 'demo/notebook:1',
    container_spec: {
      image: 'demo/notebook:1',
      env: { CALLBACK: url },
      hosts: { evil: '127.0.0.1' },
    },
    networks: ['jupyterhub'],
    labels: { callback: url },
    log_driver: { name: 'gelf', options: { 'gelf-address': 'udp://127.0.0.1:9' } },
    healthcheck: { test: ['CMD', 'curl', url] },
  }
  const mount = {
    type: 'volume',
    source: 'a',
    target: '/a',
    driver_config: { name: 'local', options: { type: 'nfs', device: ':/', o: 'addr=127.0.0.1' } },
  }
  const start = {
    server,
    config,
    env: {
      JUPYTERHUB_API_URL: url,
      JUPYTERHUB_SERVICE_URL: url,
      http_proxy: url,
      HTTPS_PROXY: url,
      callback_url: url,
    },
    cmd: [url],
    args: [url],
  }
  const calls: [verb: string, data: object][] = [
    ['start', start],
    ['start', { ...start, config: { ...config, service_image: `${new URL(url).host}/image` } }],
    ['start', { ...start, config: { ...config, mounts: [mount] } }],
    ['start', { ...start, callback: url }],
    ['start', { ...start, user_options: { image: url, webhook: url } }],
    ['explain', start],
    ['poll', { server }],
    ['poll', { servers: [server], callback_url: url }],
    ['stop', { server, callback: url }],
    ['forget', { server: { username: url } }],
  ]
  const headers = {
    host: '127.0.0.1:9',
    origin: url,
    referer: url,
    forwarded: 'host=127.0.0.1:9',
    'x-forwarded-host': '127.0.0.1:9',
    'x-original-url': url,
    'webhook-callback': url,
    link: `<${url}>; rel="callback"`,
  }

  let service: TestService
  const connected = vi.spyOn(Socket.prototype, 'connect')
  beforeEach(() => {
    const { transport } = createEmbeddedEngine({ speed: 10 })
    // So that no start ends at the policy.
    const admin = { log_drivers: { gelf: { 'gelf-address': '*' } } }
    const policy = completePolicy({ admin, user: {}, groups: {} })
    service = createTestService(createSpawner(transport, { policy }))
    connected.mockClear()
  })
  afterEach(() => vi.restoreAllMocks())

  test('a request is answered without a single connection, whatever addresses are in it', async () => {
    // The embedded engine needs none, so that any would be one that the request has asked for.
    for (const [verb, data] of calls) await send(service, verb, data, { headers })
    for (const path of ['/health', '/ready', `/ready?callback=${url}`, `//127.0.0.1:9/x`])
      await service.app.request(path, { headers })
    expect(connected).not.toHaveBeenCalled()
  })
})

test('a redirect by the Engine is not followed', async () => {
  const asked: string[] = []
  const elsewhere = await listenOnPort(
    createServer((request, response) => {
      asked.push(`elsewhere ${request.url}`)
      response.end('{}')
    }),
  )
  const engine = await listenOnPort(
    createServer((request, response) => {
      asked.push(`engine ${request.url}`)
      response.writeHead(307, { location: `http://${elsewhere}/info`, 'api-version': '1.44' }).end()
    }),
  )
  const transport = nodeTransport({ host: `tcp://${engine}` })
  await expect(info(connectDocker(transport), { timeoutMs: 5000 })).rejects.toThrow()
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.filter((line) => line.startsWith('elsewhere'))).toEqual([])
  await transport.close()
})
