import { setTimeout as sleep } from 'node:timers/promises'
import { HttpResponse, http } from 'msw/http'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import type { Docker } from '../../src/docker/docker.ts'
import { createNamesAtOnce } from '../../src/docker/names-at-once.ts'
import { request, requestHeaders, requestNothing, requestStream } from '../../src/docker/request.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createTurns } from '../../src/docker/turns.ts'
import { collect } from '../support/collect.ts'
import { responseOf, setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const schema = v.array(v.object({ ID: v.string(), Size: v.optional(v.number()) }))
const list = { method: 'GET', path: '/things', schema } as const
const answering = (body: string) => http.get('*/things', () => new HttpResponse(body))

test('the path of a call has the agreed version, the query only what is given', async () => {
  engine.use(answering('[{"ID":"a","More":1}]'))
  const query = { name: 'a b&c', nothing: undefined, empty: '' }
  expect(await request(engine.docker('26.1'), { ...list, query })).toEqual([{ ID: 'a' }])
  expect(await engine.lastRequest()).toMatchObject({
    method: 'GET',
    path: '/v1.45/things',
    query: { name: 'a b&c', empty: '' },
    body: undefined,
  })
})

test('a body is sent as JSON, beside the headers of the call', async () => {
  engine.use(http.post('*/things', () => HttpResponse.json([])))
  const headers = { 'x-registry-auth': 'e30=' }
  const body = { Name: 'é', Nothing: undefined }
  await request(engine.docker('28.5'), { ...list, method: 'POST', headers, body })
  expect(await engine.lastRequest()).toMatchObject({
    headers: { ...headers, 'content-type': 'application/json' },
    body: { Name: 'é' },
  })
})

describe('an answer that does not fit', () => {
  test.each([
    ['{"message":"canary-51f"}', "GET /things: the answer's body is not Array"],
    ['[{"ID":"a"},{"ID":{"canary-51f":1}}]', "GET /things: the answer's 1.ID is not string"],
    ['[{"ID":"a","Size":"canary-51f"}]', "GET /things: the answer's 0.Size is not number"],
    ['[{"Name":"canary-51f"}]', 'GET /things: the answer\'s 0.ID is not "ID"'],
    ['<html>canary-51f</html>', 'GET /things: the answer is not JSON'],
    ['[{"ID":"canary-51f"', 'GET /things: the answer is not JSON'],
    ['', 'GET /things: the answer is not JSON'],
  ])(
    'an answer %j that does not fit is told by its field and never by a value',
    async (body, message) => {
      engine.use(answering(body))
      const error = await request(engine.docker('28.5'), list).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'unexpected_answer', message })
      expect(error).not.toHaveProperty('cause')
    },
  )
})

test('an answer that is never read does not matter where nothing is expected', async () => {
  engine.use(http.delete('*/things/a', () => new HttpResponse('<html>')))
  await requestNothing(engine.docker('28.5'), { method: 'DELETE', path: '/things/a' })
  expect(await engine.lastRequest()).toMatchObject({ method: 'DELETE', path: '/v1.51/things/a' })
})

test('headers of an answer are read by their lower-case name', async () => {
  engine.use(http.head('*/things', () => new HttpResponse(null, { headers: { 'X-Thing': '1' } })))
  const header = await requestHeaders(engine.docker('28.5'), { method: 'HEAD', path: '/things' })
  expect(header('x-thing')).toBe('1')
  expect(header('x-other')).toBeUndefined()
})

describe('the end of a call', () => {
  const silent = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      const end = () => reject(signal.reason)
      if (signal.aborted) end()
      signal.addEventListener('abort', end)
    })
  /** An Engine that agrees on a version, then answers as told. */
  const answeringSo = (answer: EngineTransport): Docker => ({
    transport: answer,
    apiVersion: async () => '1.51',
    forgetApiVersion: () => {},
    turns: createTurns(),
    namesAtOnce: createNamesAtOnce(),
  })
  const withBody = (body: (signal: AbortSignal) => AsyncIterable<Uint8Array>) =>
    answeringSo(async ({ signal }) => ({
      status: 200,
      header: () => undefined,
      body: body(signal),
    }))
  async function* stuck(signal: AbortSignal) {
    yield Buffer.from('[{')
    await silent(signal)
  }

  test('an abort rejects with the reason of the caller', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const docker = answeringSo(({ signal }) => silent(signal))
    const asked = request(docker, { ...list, signal: controller.signal })
    controller.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  test('an abort in the middle of a body rejects with the same reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const asked = request(withBody(stuck), { ...list, signal: controller.signal })
    controller.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  test('an Engine that stays silent is a timeout', async () => {
    const docker = answeringSo(({ signal }) => silent(signal))
    await expect(request(docker, { ...list, timeoutMs: 20 })).rejects.toMatchObject({
      code: 'timeout',
      message: 'GET /things: no answer within 0.02 s',
    })
  })

  test('an Engine that stops in the middle of a body is a timeout', async () => {
    const asked = request(withBody(stuck), { ...list, timeoutMs: 20 })
    await expect(asked).rejects.toMatchObject({ code: 'timeout' })
  })

  test('a stream outlives the deadline of its headers', async () => {
    async function* slow() {
      await sleep(40)
      yield Buffer.from('late')
    }
    const call = { method: 'GET', path: '/things', timeoutMs: 20 } as const
    const { body } = await requestStream(withBody(slow), call)
    expect(Buffer.concat(await collect(body)).toString()).toBe('late')
  })
})

describe.each(ENGINE_VERSIONS)('an Engine that was replaced by %s', (version) => {
  const apiVersion = agreedApi(version)

  test.each(['ping.too-new', 'ping.too-old'])(
    'an Engine that was replaced is agreed with again after %s, once',
    async (name) => {
      const docker = engine.docker('28.5')
      engine.use(
        http.get('*/things', () => responseOf(readFixture(version, name)), { once: true }),
        answering('[]'),
      )
      await docker.apiVersion(AbortSignal.timeout(5000))
      engine.replay(version, 'ping.200')
      expect(await request(docker, list)).toEqual([])
      expect((await engine.requests()).map(({ path }) => path)).toEqual([
        '/_ping',
        '/v1.51/things',
        '/_ping',
        `/v${apiVersion}/things`,
      ])
    },
  )

  test('an Engine that was replaced and refuses again is not asked a third time', async () => {
    engine.use(http.get('*/things', () => responseOf(readFixture(version, 'ping.too-new'))))
    await expect(request(engine.docker(version), list)).rejects.toMatchObject({
      code: 'bad_request',
      httpStatus: 400,
    })
    const paths = (await engine.requests()).map(({ path }) => path)
    expect(paths.filter((path) => path.endsWith('/things'))).toHaveLength(2)
  })
})

test('a call that was refused otherwise is not sent again', async () => {
  engine.use(http.get('*/things', () => HttpResponse.json({ message: 'no' }, { status: 400 })))
  await expect(request(engine.docker('28.5'), list)).rejects.toMatchObject({
    message: 'GET /things: no',
  })
  expect(await engine.requests()).toHaveLength(2)
})
