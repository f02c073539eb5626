import { Validator } from '@seriousme/openapi-schema-validator'
import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import { pathOf } from '../../docs/write/openapi-operations.ts'
import { apiPageRoutes } from '../../handlers/api-pages.node.ts'
import { ADMIN_PAGES, createApp, HOOKS, PAGES, REGISTRY_HOOKS } from '../../handlers/app.ts'
import { PROBLEMS } from '../../handlers/errors.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { openPushService } from '../support/push-service.ts'
import {
  ADMIN_TOKEN,
  createTestService,
  keyOf,
  readEvents,
  SECRETS,
  send,
  type TestService,
} from '../support/test-hub.ts'
import {
  answerOf,
  document,
  fetched,
  judgeOf,
  operations,
  type Placed,
  schemaIn,
} from './api-document.ts'

describe('the document', () => {
  test('the document is OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(fetched())).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test.each([
    ['without its title', { info: { version: '1' } }],
    [
      'with an answer that says nothing',
      { paths: { '/poll': { get: { responses: { 200: {} } } } } },
    ],
    ['with a parameter from nowhere', { components: { parameters: { hub: { in: 'body' } } } }],
  ])('the validator would refuse the document %s', async (_, change) => {
    expect(await new Validator().validate({ ...fetched(), ...change })).toMatchObject({
      valid: false,
    })
  })

  test('the document has every route of the service and no other', () => {
    const routes = [...HOOKS, ...REGISTRY_HOOKS, ...PAGES, ...ADMIN_PAGES, ...apiPageRoutes]
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
      routes.map((route) => `${route.method} ${pathOf(route)}`).sort(),
    )
  })

  test('the document refers to nothing that it has not', () => {
    const references = [...JSON.stringify(fetched()).matchAll(/"\$ref":"#\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(50)
    for (const [, pointer = ''] of references) expect(at(pointer.split('/')), pointer).toBeDefined()
  })

  test('the document names each operation, once', () => {
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(operations.length)
  })

  test('the document lets a call be made by a signature, all of it, or by the admin token', () => {
    for (const { operation, method, path } of operations)
      expect(operation.security.map((one) => Object.keys(one))).toEqual([
        ...(method === 'get' || isOfRegistries(path)
          ? []
          : [['webhookId', 'webhookTimestamp', 'webhookSignature']]),
        ...((method === 'get' && !isForPeople(path)) || isOfRegistries(path)
          ? []
          : [['adminToken']]),
      ])
  })

  test('the document says what the type of each call is', () => {
    for (const { path, type } of HOOKS) {
      const judge = schemaIn(['paths', path, 'post', 'requestBody'], 'application/json')
      judge({ type: 'spawner.other', data: {} })
      expect(judge.errors).toContainEqual(
        expect.objectContaining({ keyword: 'const', params: { allowedValue: type } }),
      )
    }
  })

  test('the document has every code of a problem, with its status', () => {
    const told = Object.entries(document.components.responses).flatMap(([name, { content }]) => {
      const { allOf = [] } = content['application/problem+json'].schema
      const codes = allOf.flatMap(({ properties }) => properties?.['code']?.enum ?? [])
      return codes.map((code) => [code, Number(name.replace('Problem', ''))])
    })
    const known = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status])
    expect(told.sort()).toEqual(known.sort())
  })
})

const isForPeople = (path: string): boolean => ADMIN_PAGES.some((page) => pathOf(page) === path)

/** What stands at a place of the document. */
const at = (path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => v.parse(v.record(v.string(), v.unknown()), value)[key],
    fetched(),
  )

/** Registries show a token in the path. Their bodies have no `type`. */
const isOfRegistries = (path: string): boolean => path.endsWith('/{token}')

const examplesOf = (isWanted: (path: string) => boolean) =>
  operations
    .filter(({ path }) => isWanted(path))
    .flatMap((placed) =>
      Object.entries(placed.operation.requestBody?.content['application/json']?.examples ?? {}).map(
        ([name, { value }]) => ({ ...placed, name, value }),
      ),
    )

const requests = examplesOf((path) => !isOfRegistries(path))
const events = examplesOf(isOfRegistries)

const Sent = v.object({ type: v.string(), data: v.unknown() })

describe('the example of a call', () => {
  let service: TestService
  beforeEach(() => {
    service = createTestService(createSpawner(createEmbeddedEngine({ speed: 20 }).transport))
  })

  test.each(requests)(
    'the example of a call $path, $name, is as the document says',
    ({ path, value }) => {
      const judge = schemaIn(['paths', path, 'post', 'requestBody'], 'application/json')
      expect(judge(value), JSON.stringify(judge.errors)).toBe(true)
    },
  )

  test.each(events)(
    'the example of an event $name is answered as the document says',
    async (placed) => {
      const service = openPushService()
      const response = await service.send(JSON.stringify(placed.value))
      expect(response.status).toBe(202)
      await checkAnswer(placed, response)
      await service.done()
    },
  )

  test.each(requests)(
    'the example of a call $path, $name, is carried out, and answered as the document says',
    async (placed) => {
      const { data } = v.parse(Sent, placed.value)
      const response = await send(service, placed.path.slice(1), data)
      expect(response.status).toBe(200)
      await checkAnswer(placed, response)
    },
  )
})

/** Of an answer: its status and type are told, its body is valid, and has no field that is not told. */
const checkAnswer = async (placed: Placed, response: Response): Promise<void> => {
  const { content, place } = answerOf(placed, response.status)
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
  expect(Object.keys(content)).toContain(type)
  const body: unknown = type.endsWith('json') ? await response.json() : await response.text()
  const judge = schemaIn(place, type)
  expect(judge(body), JSON.stringify(judge.errors)).toBe(true)
}

describe('an answer', () => {
  const spawner = createSpawner(createEmbeddedEngine({ speed: 20 }).transport)
  const nowhere = createSpawner(() => Promise.reject(new TypeError('no network')))
  const placed = (path: string): Placed => {
    const found = operations.find((one) => one.path === path)
    if (!found) throw new Error(`no ${path}`)
    return found
  }

  test.each(operations.filter(({ method, path }) => method === 'get' && !isForPeople(path)))(
    'the answer to GET $path is as the document says',
    async (page) => {
      const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
      const shutdown = new AbortController().signal
      const deps = { spawner, hubs, adminToken: undefined, log: () => {}, shutdown }
      const response = await createApp(deps, apiPageRoutes).request(page.path)
      expect(response.status).toBe(200)
      await checkAnswer(page, response)
    },
  )

  test.each(operations.filter(({ path }) => isForPeople(path)))(
    'the answer to GET $path with the admin token, or to one without, is as the document says',
    async (page) => {
      const service = createTestService(spawner)
      const config = { service_image: 'a', networks: ['jupyterhub'] }
      const started = await send(service, 'start', { server: { username: 'listed' }, config })
      const { service_name } = v.parse(v.object({ service_name: v.string() }), await started.json())
      const path = page.path.replace('{service_name}', service_name)
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
      const response = await service.app.request(path, { headers })
      expect(response.status).toBe(200)
      await checkAnswer(page, response)
      await checkAnswer(page, await service.app.request(path))
      const unknown = await service.app.request(`${path}?colour=red`, { headers })
      if (page.path.startsWith('/servers')) expect(unknown.status).toBe(422)
      await checkAnswer(page, unknown)
    },
  )

  const server = { username: 'alice' }
  test.each([
    ['start', { server, config: {} }, 422],
    ['start', { server, config: { colour: 'red' } }, 422],
    ['start', { server, config: { service_image: 'a', networks: ['nosuch'] } }, 422],
    ['poll', { server: {} }, 422],
  ])(
    'the answer to a %s that is refused, %j, is as the document says',
    async (verb, data, status) => {
      const response = await send(createTestService(spawner), verb, data)
      expect(response.status).toBe(status)
      await checkAnswer(placed(`/${verb}`), response)
    },
  )

  test('the answer to a stranger, to a call that is no JSON or one too long is as the document says', async () => {
    const { app } = createTestService(spawner)
    for (const [body, headers, status] of [
      ['{}', {}, 401],
      ['{', { authorization: 'Bearer the-admin-token-of-the-tests' }, 400],
      ['x'.repeat(2 ** 20 + 1), { 'content-length': String(2 ** 20 + 1) }, 413],
    ] as const) {
      const response = await app.request('/poll?hub=default', { method: 'POST', body, headers })
      expect(response.status).toBe(status)
      await checkAnswer(placed('/poll'), response)
    }
  })

  test('the answer of a service whose Engine is away is as the document says', async () => {
    const response = await createTestService(nowhere).app.request('/ready')
    expect(response.status).toBeGreaterThanOrEqual(500)
    await checkAnswer(placed('/ready'), response)
  })
})

describe('the example of an answer', () => {
  const examples = operations.flatMap((placed) =>
    Object.keys(placed.operation.responses).flatMap((status) => {
      const { content, place } = answerOf(placed, Number(status))
      return Object.entries(content).flatMap(([type, { examples: told }]) =>
        Object.entries(told ?? {}).map(([name, { value }]) => ({
          ...{ path: placed.path, status, type, name, value, place },
        })),
      )
    }),
  )

  test('every answer has an example', () => {
    for (const placed of operations)
      for (const status of Object.keys(placed.operation.responses))
        expect(
          examples.some((one) => one.path === placed.path && one.status === status),
          `${placed.path} ${status}`,
        ).toBe(true)
  })

  test.each(examples)(
    'the example of the answer $path $status $type, $name, is as the document says',
    ({ type, value, place }) => {
      const judge = schemaIn(place, type)
      expect(judge(value), JSON.stringify(judge.errors)).toBe(true)
    },
  )

  test('the example of a stream has events that are states', async () => {
    const start = operations.find(({ path }) => path === '/start')
    const stream = start && answerOf(start, 200).content['text/event-stream']
    const events = await readEvents(new Response(String(stream?.examples?.['events']?.value)))
    expect(events.map(({ event }) => event)).toEqual(['state', 'ready'])
    const judge = judgeOf('components', 'schemas', 'ServerState')
    for (const { data } of events) expect(judge(data), JSON.stringify(judge.errors)).toBe(true)
  })
})
