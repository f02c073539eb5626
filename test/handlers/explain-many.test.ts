import * as v from 'valibot'
import { expect, test } from 'vitest'
import { DockerError } from '../../src/docker/errors.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import type { EmbeddedOptions } from '../../src/embedded/embedded-options.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { BriefExplanation } from '../../src/spawner/explain-briefly.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { startServer } from '../support/start-server.ts'
import { expectSentence } from '../support/student-sentence.ts'
import {
  type CallOptions,
  createTestService,
  Problem,
  problemOf,
  send,
} from '../support/test-hub.ts'

const Explained = v.object({ ...BriefExplanation.entries, problem: v.nullable(Problem) })
const Answer = v.strictObject({ explanations: v.array(Explained) })

const gpu = (count: number) => ({ DiscreteResourceSpec: { Kind: 'gpu', Value: count } })
const server = { username: 'alice' }
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
const wantsGpus = (count: number) => ({
  config: { resource_spec: { generic_resources: { gpu: count } } },
})

/** A service on an Engine of three nodes, of which the last two have GPUs, and what the Engine was asked. */
const openWorld = (options: EmbeddedOptions = {}) => {
  let ahead = 0
  let stopped: number | undefined
  const now = () => (stopped ?? Date.now()) + ahead
  const nodeResources = [{}, { genericResources: [gpu(1)] }, { genericResources: [gpu(2)] }]
  const engine = createEmbeddedEngine({ nodes: 3, speed: 50, nodeResources, now, ...options })
  const asked: string[] = []
  const transport: EngineTransport = async (request) => {
    const call = `${request.method} ${request.path.replace(/\?.*/, '').replace(/^\/v[\d.]+/, '')}`
    asked.push(call)
    if (!/^GET .(secrets|configs)$/.test(call)) return engine.transport(request)
    // The embedded Engine has neither.
    const answer = await engine.transport({ ...request, path: '/_ping' })
    return { ...answer, status: 200, body: new Response('[]').body ?? answer.body }
  }
  const spawner = createSpawner(transport, { lookPatienceMs: 60_000, now })
  const service = createTestService(spawner)
  const sent = (data: object, more: CallOptions = {}) =>
    send(service, 'explain', data, { now: now(), ...more })
  const explainAll = async (requests: unknown[], shared: object = { server, config }) => {
    const response = await sent({ ...shared, requests })
    return v.parse(Answer, await response.json()).explanations
  }
  /** The next look is a new one. */
  const later = () => {
    ahead += 1000
  }
  /** From now on no time passes but by `later`, however busy the machine is. */
  const stopClock = () => {
    stopped = Date.now()
  }
  return { spawner, service, asked, sent, explainAll, later, stopClock }
}

const takesGpu = (username: string) => ({ username, config: wantsGpus(1).config })

test('many requests are answered in their order, with what fits', async () => {
  const { explainAll, spawner, later } = openWorld()
  await startServer(spawner, takesGpu('bob'))
  const told = await explainAll([{}, wantsGpus(1), wantsGpus(3)])
  expect(told).toMatchObject([
    { would_start: true, fits: 'now', room: { resources: [] }, problem: null },
    { would_start: true, fits: 'now', room: { resources: [{ text: 'gpu: 2 of 3 free' }] } },
    {
      would_start: false,
      fits: 'never',
      obstacles: [{ from: 'resource_spec.generic_resources' }],
      problem: null,
    },
  ])
  for (const username of ['carol', 'dave']) await startServer(spawner, takesGpu(username))
  later()
  const [, full] = await explainAll([{}, wantsGpus(1)])
  expect(full).toMatchObject({
    would_start: true,
    fits: 'later',
    room: {
      reason: 'no node has room now: gpu: 0 of 3 free',
      nodes: { suitable: 2, with_room: 0 },
    },
  })
  expect(Date.parse(String(full?.room?.since))).toBeLessThanOrEqual(Date.now())
  expectSentence(String(full?.room?.user_message))
})

test('what is told later starts later: the start waits, and gets the place of a server that stops', async () => {
  const { explainAll, spawner, service, later } = openWorld({ nodes: 2 })
  await startServer(spawner, takesGpu('bob'))
  const [told] = await explainAll([wantsGpus(1)])
  expect(told?.fits).toBe('later')
  const waiting = await startServer(spawner, takesGpu('alice'), false)
  expect(waiting.state).toBe('starting')
  await send(service, 'stop', { server: { username: 'bob' } }, { now: spawner.now() })
  const started = await startServer(spawner, takesGpu('alice'))
  expect(started.state).toBe('running')
  later()
  const [again] = await explainAll([wantsGpus(1)], { server: { username: 'carol' }, config })
  expect(again?.fits).toBe('later')
})

test('a wrong request does not spoil the others', async () => {
  const { explainAll } = openWorld()
  const wrong: unknown[] = [
    { config: { nosuch: 1 } },
    { config: { resource_spec: { generic_resources: { gpu: 'many' } } } },
    { config: { mounts: [{ type: 'bind', source: '/etc', target: '/x' }] } },
    { server: { username: 5 } },
    { requests: [] },
    { server: { username: 'a', server_name: 'b'.repeat(300) } },
    'gpu',
    null,
    [],
    7,
  ]
  const told = await explainAll([{}, ...wrong, {}])
  expect(told.map(({ problem }) => problem?.code)).toEqual([
    undefined,
    ...['invalid_request', 'invalid_config', 'not_allowed', 'invalid_request', 'invalid_request'],
    ...Array.from({ length: 5 }, () => expect.stringMatching(/^invalid_/)),
    undefined,
  ])
  for (const { problem, would_start } of told.slice(1, -1)) {
    expect(would_start).toBe(false)
    expectSentence(problem?.user_message)
  }
  expect(told[3]?.fits).toBe('now')
  expect(told[0]).toEqual(told.at(-1))
})

test('each request is answered as it is alone', async () => {
  const { explainAll, sent } = openWorld()
  const requests = [{}, wantsGpus(1), wantsGpus(9), { config: { placement: ['node.role==none'] } }]
  const many = await explainAll(requests)
  for (const [index, { config: own = {} }] of requests.entries()) {
    const answer = await sent({ server, config: { ...config, ...own } })
    const { would_start, fits, room, obstacles } = v.parse(BriefExplanation, await answer.json())
    expect(many[index]).toMatchObject({ would_start, fits, room, obstacles })
  }
})

test("a request's config is laid over what all share key by key, null takes a key away, the rest is replaced", async () => {
  const { explainAll } = openWorld()
  const shared = { server, config: { ...config, ...wantsGpus(9).config } }
  const [kept, less, none, without] = await explainAll(
    [{}, wantsGpus(1), { config: { resource_spec: null } }, { config: { service_image: null } }],
    shared,
  )
  expect([kept, less, none].map((one) => one?.fits)).toEqual(['never', 'now', 'now'])
  expect(without?.problem?.issues).toMatchObject([{ path: 'container_spec.image' }])
})

test('twelve requests cost two calls of the Engine, for all hubs and users who ask within a second', async () => {
  const { sent, asked, later, stopClock } = openWorld()
  const requests = Array.from({ length: 12 }, (_, count) => wantsGpus(count))
  // Afterwards the service has agreed on a version of the API, and knows the network.
  await sent({ server, config, requests })
  later()
  stopClock()
  asked.length = 0
  const ofUser = (_: unknown, user: number) =>
    sent(
      { server: { username: `user-${user}` }, config, requests },
      { hub: user % 2 === 0 ? 'default' : 'other' },
    )
  const answers = await Promise.all(Array.from({ length: 20 }, ofUser))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(asked.sort()).toEqual(['GET /nodes', 'GET /tasks'])
})

test('networks, secrets and configs that are missing are told, as for one alone, and cost nothing for who asks soon after', async () => {
  const { sent, explainAll, asked, later, stopClock } = openWorld()
  const file = (name: string) => [{ name, filename: '/run/x' }]
  const requests = [
    {},
    { config: { networks: ['jupyterhub', 'nowhere'] } },
    { config: { container_spec: { secrets: ['default-token'] } } },
    { config: { container_spec: { configs: file('default-rc') } } },
    { config: { container_spec: { secrets: ['physics'] } } },
  ]
  const many = await explainAll(requests)
  expect(many.map(({ obstacles }) => obstacles)).toEqual([
    [],
    [{ from: 'networks.1', reason: 'network nowhere does not exist' }],
    [expect.objectContaining({ from: 'container_spec.secrets.0' })],
    [expect.objectContaining({ from: 'container_spec.configs.0' })],
    [],
  ])
  expect(many.map(({ would_start }) => would_start)).toEqual([true, false, false, false, false])
  for (const [index, { config: own = {} }] of requests.entries()) {
    const answer = await sent({ server, config: { ...config, ...own } })
    const { would_start, obstacles } = v.parse(BriefExplanation, await answer.json())
    expect(many[index]).toMatchObject({ would_start, obstacles })
  }
  // What the policy refuses is not looked up.
  expect(asked.filter((call) => /secrets|configs/.test(call))).toHaveLength(4)
  later()
  stopClock()
  asked.length = 0
  const ofUser = (_: unknown, user: number) =>
    sent({ server: { username: `user-${user}` }, config, requests })
  await Promise.all(Array.from({ length: 20 }, ofUser))
  expect(asked.sort()).toEqual(['GET /nodes', 'GET /tasks'])
})

test('names without end are looked up within a bound', async () => {
  const { sent, asked, stopClock } = openWorld()
  stopClock()
  const networks = (nth: number) => Array.from({ length: 60 }, (_, one) => `nowhere-${nth}-${one}`)
  const requests = Array.from({ length: 20 }, (_, nth) => ({ config: { networks: networks(nth) } }))
  const answer = await sent({ server, config: { service_image: 'demo/notebook:1' }, requests })
  expect(answer.status).toBe(200)
  expect(asked.filter((call) => call.startsWith('GET /networks/')).length).toBe(100)
})

test('no more than fifty requests are answered at once', async () => {
  const { sent } = openWorld()
  const fifty = Array.from({ length: 50 }, () => ({}))
  expect((await sent({ server, config, requests: fifty })).status).toBe(200)
  const refused = await problemOf(await sent({ server, config, requests: [...fifty, {}] }))
  expect(refused).toMatchObject({ code: 'invalid_request', issues: [{ path: 'requests' }] })
})

test('what many requests share is counted once for each, and refused before anything is read', async () => {
  const { sent, asked } = openWorld()
  asked.length = 0
  const env = { LARGE: 'x'.repeat(30_000) }
  const requests = Array.from({ length: 50 }, () => ({}))
  const refused = await problemOf(await sent({ server, config, env, requests }))
  expect(refused).toMatchObject({ code: 'invalid_request', issues: [{ path: 'requests' }] })
  expect(refused.detail).toContain('send fewer at once')
  expect(asked).toEqual([])
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`V${n}`, '']))
  const values = await problemOf(await sent({ server, config, env: many, requests }))
  expect(values.detail).toContain('20000 values')
})

test('without the right to list tasks, the rest is told: the policy, and what no node can run', async () => {
  const { transport } = createEmbeddedEngine({ nodes: 3 })
  const spawner = createSpawner(
    (request) => {
      if (/\/(?:tasks|nodes)\b/.test(request.path))
        throw new DockerError('forbidden', 'GET /tasks: forbidden')
      return transport(request)
    },
    { lookPatienceMs: 60_000 },
  )
  const service = createTestService(spawner)
  const requests = [{}, { config: { mounts: [{ type: 'bind', source: '/etc', target: '/x' }] } }]
  const many = await send(service, 'explain', { server, config, requests })
  expect(v.parse(Answer, await many.json()).explanations).toMatchObject([
    { would_start: true, fits: null, room: { reason: 'GET /tasks: forbidden' }, problem: null },
    { would_start: false, fits: null, problem: { code: 'not_allowed' } },
  ])
  const one = await send(service, 'explain', { server, config })
  expect(one.status).toBe(200)
  expect(await one.json()).toMatchObject({ would_start: true, fits: null, spec: {} })
})

test('an Engine that does not answer is waited for once, and not once for each request', async () => {
  const silent: EngineTransport = ({ signal }) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  const service = createTestService(createSpawner(silent, { lookPatienceMs: 20 }))
  const networks = (name: string) => ({ config: { networks: [name] } })
  const requests = [networks('a'), networks('b'), { config: { nosuch: 1 } }]
  const response = await send(service, 'explain', { server, config, requests })
  const reason = 'The look at nodes and tasks: no answer within 0.02 s'
  expect(v.parse(Answer, await response.json()).explanations).toMatchObject([
    {
      would_start: true,
      fits: null,
      room: { reason },
      warnings: [expect.stringContaining(reason)],
    },
    { would_start: true, fits: null, room: { reason } },
    { would_start: false, room: null, problem: { code: 'invalid_request' } },
  ])
})

test('without an Engine, the policy is told', async () => {
  const away = new DockerError('unreachable', 'nobody listens there')
  const service = createTestService(createSpawner(() => Promise.reject(away)))
  const requests = [{}, { config: { nosuch: 1 } }]
  const response = await send(service, 'explain', { server, config, requests })
  expect(v.parse(Answer, await response.json()).explanations).toMatchObject([
    {
      would_start: true,
      fits: null,
      room: { reason: 'nobody listens there' },
      warnings: ['The Engine was not asked: nobody listens there'],
    },
    { would_start: false, problem: { code: 'invalid_request' } },
  ])
})

test("a hub reads nothing of another hub's servers but how much they use", async () => {
  const { spawner, sent } = openWorld()
  await startServer(spawner, { ...takesGpu('secret-user'), service_prefix: 'secret-prefix' })
  const data = { server, config, requests: [wantsGpus(1), wantsGpus(3)] }
  const text = await (await sent(data, { hub: 'other' })).text()
  expect(text).toContain('gpu: 2 of 3 free')
  expect(text).not.toMatch(/secret|default/)
})
