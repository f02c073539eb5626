import * as fc from 'fast-check'
import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { agreedApi, bodyOf, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { connectDocker, type Docker } from '../../src/docker/docker.ts'
import { watchEvents } from '../../src/docker/events.ts'
import { anyCuts, broken, cutAt } from '../support/chunks.ts'
import { collect } from '../support/collect.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()

/** An Engine whose events come in these pieces. */
const sending = (body: () => AsyncIterable<Uint8Array>): Docker =>
  connectDocker(async ({ method }) => ({
    status: 200,
    header: (name) => (name === 'api-version' ? '1.51' : undefined),
    body: method === 'HEAD' ? cutAt(new Uint8Array(), []) : body(),
  }))

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const fixture = readFixture(version, 'events.200')
  const query = new URL(fixture.request.path, 'http://docker').searchParams
  const options = {
    filters: { scope: ['swarm'] },
    since: query.get('since') ?? '',
    until: query.get('until') ?? '',
  }

  test('the life of a service is told from its creation to its removal', async () => {
    engine.replay(version, 'events.200')
    const events = await collect(watchEvents(engine.docker(version), options))
    const ofServices = events.filter(({ Type }) => Type === 'service').map(({ Action }) => Action)
    expect(ofServices.at(0)).toBe('create')
    expect(ofServices.at(-1)).toBe('remove')
    expect(events.every(({ scope }) => scope === 'swarm')).toBe(true)
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `/v${agreedApi(version)}/events`,
      query: { ...options, filters: '{"scope":["swarm"]}' },
    })
  })

  test('the events are the same in any pieces', async () => {
    const bytes = bodyOf(fixture)
    const whole = await collect(watchEvents(sending(() => cutAt(bytes, []))))
    expect(whole).toHaveLength(fixture.response.lines?.length ?? 0)
    await fc.assert(
      fc.asyncProperty(anyCuts(bytes.byteLength), async (cuts) => {
        expect(await collect(watchEvents(sending(() => cutAt(bytes, cuts))))).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })

  test('events that the Engine refuses are an error', async () => {
    const message = "Invalid filter 'nosuch'"
    engine.use(http.get('*/events', () => Response.json({ message }, { status: 400 })))
    await expect(collect(watchEvents(engine.docker(version)))).rejects.toMatchObject({
      code: 'bad_request',
      engineMessage: message,
    })
  })
})

test('blank lines between events are passed over', async () => {
  const line = JSON.stringify({
    Type: 'x',
    Action: 'y',
    Actor: { ID: '1', Attributes: {} },
    timeNano: 1,
  })
  const body = () => cutAt(Buffer.from(`\r\n${line}\r\n\n${line}\n`), [])
  expect(await collect(watchEvents(sending(body)))).toHaveLength(2)
})

test.each(['not JSON, but canary-8d1', '{"Type":"canary-8d1"}'])(
  'the line %j is no event, and is not quoted',
  async (line) => {
    const error = await collect(
      watchEvents(sending(() => cutAt(Buffer.from(`${line}\n`), []))),
    ).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unexpected_answer' })
    expect(String(error)).not.toContain('canary')
  },
)

test('an event without an end is not waited for', async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(256 * 1024, 'x')
  }
  await expect(collect(watchEvents(sending(endless)))).rejects.toMatchObject({
    code: 'answer_too_large',
  })
})

test('a connection that breaks ends the events with a lost connection', async () => {
  const cause = new Error('other side closed')
  await expect(collect(watchEvents(sending(() => broken([], cause))))).rejects.toMatchObject({
    code: 'connection_lost',
    cause,
  })
})

test("an abort ends the events with the caller's reason", async () => {
  const reason = new Error('enough')
  const controller = new AbortController()
  async function* cut() {
    controller.abort(reason)
    yield* broken([], new Error('aborted'))
  }
  const events = collect(watchEvents(sending(cut), { signal: controller.signal }))
  await expect(events).rejects.toBe(reason)
})

test('an event that comes byte by byte costs no more than its length', async () => {
  const value = 'x'.repeat(500_000)
  const event = { Type: 'a', Action: 'b', Actor: { ID: 'c', Attributes: { value } }, timeNano: 1 }
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`)
  async function* byteByByte() {
    for (let at = 0; at < bytes.byteLength; at++) yield bytes.subarray(at, at + 1)
  }
  expect(await collect(watchEvents(sending(byteByByte)))).toMatchObject([event])
})
