import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownerHash } from '../../src/spawner/server/service-name.ts'
import { PUSH_TOKENS, pushEvent } from '../support/push-service.ts'
import { readMetrics, sumOf } from '../support/read-metrics.ts'
import { startEdge } from '../support/start-edge.ts'
import { ADMIN_TOKEN, readEvents, signed } from '../support/test-hub.ts'

// The real workerd, with the project's wrangler.toml, against the embedded engine over TCP; nothing leaves this machine.

let edge: Awaited<ReturnType<typeof startEdge>>
beforeAll(async () => {
  const login = { username: 'lab', password: 'secret' }
  const SWARMSPAWNER_REGISTRY_AUTH = JSON.stringify({
    auths: { 'private.example': login, 'helper.example': {} },
    credsStore: 'desktop',
  })
  edge = await startEdge({
    SWARMSPAWNER_REGISTRY_AUTH,
    SWARMSPAWNER_PUSH_TOKENS: `default=${PUSH_TOKENS.default}`,
    SWARMSPAWNER_POLICY: JSON.stringify({ groups: { pushed: { images: ['demo/*'] } } }),
  })
}, 60_000)
afterAll(() => edge?.close())

const send = async (verb: string, data: unknown, headers: Record<string, string> = {}) => {
  const call = signed(verb, data)
  return edge.ask(`/${verb}`, { ...call, headers: { ...call.headers, ...headers } })
}

const server = { username: 'alice' }
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }

test('the same app runs on workerd: a server starts, is polled and stops', async () => {
  const started = await send('start', { server, config })
  expect(started.status).toBe(200)
  expect(await started.json()).toMatchObject({
    state: 'running',
    service_name: 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1',
  })
  expect(await (await send('poll', { server })).json()).toMatchObject({ state: 'running' })
  expect(await (await send('stop', { server })).json()).toMatchObject({ state: 'absent' })
})

test('the events of a start stream from workerd', async () => {
  const response = await send('start', { server, config }, { accept: 'text/event-stream' })
  const events = await readEvents(new Response(await response.text()))
  expect(events.at(-1)?.event).toBe('ready')
})

test('workerd verifies signatures too', async () => {
  const response = await edge.ask('/poll', { method: 'POST', body: '{}' })
  expect(response.status).toBe(401)
})

test('workerd reaches the Engine over TCP', async () => {
  const response = await edge.ask('/ready')
  expect(await response.json()).toMatchObject({ status: 'ready' })
})

test('workerd has the registry credentials of its variable, and no user gets them by typing a name', async () => {
  const own = { ...config, use_user_options: true }
  const explained = await send('explain', {
    server,
    config: own,
    user_options: { image: 'private.example/lab/own:1' },
  })
  expect(await explained.json()).toMatchObject({
    would_start: false,
    policy: expect.arrayContaining([
      expect.objectContaining({ rule: expect.stringContaining('credentials for this registry') }),
    ]),
  })
  const ofRegistry = { ...config, service_image: 'private.example/lab/notebook:1' }
  const started = await send('start', { server: { username: 'bob' }, config: ofRegistry })
  expect(await started.json()).toMatchObject({ state: 'running' })
})

test('workerd names a credential helper that keeps what its variable should have', async () => {
  const helped = { ...config, service_image: 'helper.example/lab/notebook:1' }
  const refused = await send('start', { server: { username: 'carol' }, config: helped })
  expect(await refused.json()).toMatchObject({
    code: 'registry_credentials',
    detail: expect.stringContaining('docker-credential-desktop, which cannot run in the service'),
  })
})

test('workerd tells the gauges of the swarm, and counts nothing: each request is a process of its own', async () => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const samples = readMetrics(await (await edge.ask('/metrics', { headers })).text())
  expect(sumOf(samples, 'swarmspawner_engine_up')).toBe(1)
  expect(samples.filter(({ name }) => name.endsWith('_total'))).toEqual([])
})

test('workerd lists servers and reads their logs for the admin token', async () => {
  await send('start', { server: { username: 'listed' }, config })
  const authorization = `Bearer ${ADMIN_TOKEN}`
  const list = await edge.ask('/servers?user=listed', { headers: { authorization } })
  expect(await list.json()).toMatchObject({ servers: [{ username: 'listed', state: 'running' }] })
  const name = `jupyter-${ownerHash('listed')}-1`
  const logs = await edge.ask(`/servers/${name}/logs`, { headers: { authorization } })
  expect(await logs.json()).toMatchObject({ service_name: name, complete: true })
  expect((await edge.ask('/servers')).status).toBe(401)
})

test('workerd answers a registry, and pulls the image afterwards', async () => {
  const engine = edge.dockerHost.replace(/^tcp:/, 'http:')
  const body = JSON.stringify({ events: [pushEvent('docker.io/demo/pushed:1')] })
  const answer = await edge.ask(`/image-pushed/${PUSH_TOKENS.default}`, { method: 'POST', body })
  expect(answer.status).toBe(202)
  expect(await answer.json()).toEqual({ accepted: 1, ignored: 0 })
  const services = async () => (await fetch(`${engine}/v1.41/services`)).text()
  await expect.poll(services, { timeout: 10_000 }).toContain('docker.io/demo/pushed:1')
  const wrong = await edge.ask('/image-pushed/wrong', { method: 'POST', body })
  expect(wrong.status).toBe(401)
})
