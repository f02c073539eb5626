import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { signCall } from '../../handlers/caller/signature.ts'
import { serve } from '../../handlers/node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ADMIN_TOKEN, keyOf, SECRETS } from '../support/test-hub.ts'
import { checkAnswer } from './check-answer.ts'
import { FUZZ_TIMEOUT_MS, runs } from './fuzz-runs.ts'
import { checkLog, type FuzzWorld, openFuzzWorld } from './fuzz-world.ts'
import { deepJson, oddJson, oddText, SECRET } from './odd-values.ts'

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS })

type Attempt = {
  path: string
  method: string
  body: string | Uint8Array<ArrayBuffer>
  /** The length that a text is filled up to. */
  fill: number
  headers: [string, string][]
  signer: 'nobody' | 'hub' | 'stranger' | 'admin'
}

const verb = fc.constantFrom('start', 'poll', 'stop', 'forget', 'explain')
const path = fc.oneof(
  verb.map((name) => `/${name}`),
  fc.constantFrom('/', '/health', '/ready', '/start/', '//poll', '/Start', '/metrics', '/%00'),
  oddText.map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
)
const query = fc.constantFrom('', '?hub=default', '?hub=nosuch', '?hub=', '?hub=a&hub=b', '?%')
const method = fc.constantFrom(
  'POST',
  'POST',
  'POST',
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
)

/** A body that is whole up to its data. */
const envelope = fc
  .tuple(verb, oddJson)
  .map(([name, data]) => JSON.stringify({ type: `spawner.${name}`, timestamp: '', data }))
const body = fc.oneof(
  envelope,
  oddJson.map((value) => JSON.stringify(value)),
  deepJson,
  deepJson.map((json) => `{"type":"spawner.poll","data":${json}}`),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  fc.string(),
  fc.constantFrom('', '{', 'null', 'NaN', '\ufeff{}', '{"type":"spawner.poll"}'),
)

/** Header values as they may be written on the wire: visible latin1, with tabs and spaces. */
const headerValue = fc.oneof(
  fc.stringMatching(/^[\t\x20-\x7e\xa0-\xff]{0,40}$/),
  fc.constantFrom(SECRET, `Bearer ${SECRET}`, 'Bearer ', '-1', '1e9', '9'.repeat(30), 'v1,'),
)
const headerName = fc.constantFrom(
  ...['webhook-id', 'webhook-timestamp', 'webhook-signature', 'authorization', 'accept'],
  ...['content-type', 'cookie', 'x-forwarded-for', 'x-http-method-override', 'range', 'x-odd'],
)
/** What is logged of a call is its id, which is no place for a secret. */
const headers = fc
  .array(fc.tuple(headerName, headerValue), { maxLength: 3 })
  .map((pairs) => pairs.filter(([name, value]) => name !== 'webhook-id' || !value.includes(SECRET)))

const attempt: fc.Arbitrary<Attempt> = fc.record({
  path: fc.tuple(path, query).map((parts) => parts.join('')),
  method,
  body,
  fill: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 2 ** 20, 2 ** 20 + 1),
  headers,
  signer: fc.constantFrom('nobody', 'hub', 'hub', 'stranger', 'admin'),
})

const STRANGER = `whsec_${btoa('x'.repeat(32))}`

const bodyOf = ({ body, fill }: Attempt) => (typeof body === 'string' ? body.padEnd(fill) : body)

/** The headers that say who calls; those of the attempt, laid over them, may break them. */
const identity = (given: Attempt): Record<string, string> => {
  const { signer } = given
  if (signer === 'nobody') return {}
  if (signer === 'admin') return { authorization: `Bearer ${ADMIN_TOKEN}` }
  const key = keyOf(signer === 'hub' ? SECRETS.default : STRANGER)
  const body = bodyOf(given)
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  return signCall(key, { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), body: text })
}

const initOf = (given: Attempt): RequestInit => ({
  method: given.method,
  headers: new Headers({ ...identity(given), ...Object.fromEntries(given.headers) }),
  ...(given.method === 'GET' || given.method === 'HEAD' ? {} : { body: bodyOf(given) }),
})

const checkAny = async ({ method, signer }: Attempt, response: Response): Promise<void> => {
  // An answer to HEAD has no body to look at.
  if (method === 'HEAD') expect(response.status).not.toBe(500)
  else await checkAnswer(response)
  if (signer !== 'hub') expect(response.headers.has('webhook-signature')).toBe(false)
  if (signer === 'nobody' || signer === 'stranger')
    expect(method === 'POST' ? [401, 404, 405, 413] : [200, 401, 404, 405, 413]).toContain(
      response.status,
    )
}

describe('whatever is sent', () => {
  let world: FuzzWorld
  beforeAll(async () => {
    world = await openFuzzWorld()
  })

  test('any request is answered as declared, and leaves the services that there are', async () => {
    const { service, services } = world
    const before = await services()
    await fc.assert(
      fc.asyncProperty(attempt, async (given) => {
        service.logged.length = 0
        await checkAny(given, await service.app.request(given.path, initOf(given)))
        checkLog(service.logged)
        expect(JSON.stringify(service.logged)).not.toContain(ADMIN_TOKEN)
      }),
      runs(3000),
    )
    expect([...(await services())]).toEqual([...before])
  })
})

describe('whatever is sent to the service on Node.js', () => {
  let service: Awaited<ReturnType<typeof serve>>
  const logged: unknown[] = []
  beforeAll(async () => {
    const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
    const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: ADMIN_TOKEN }
    const spawner = createSpawner(createEmbeddedEngine().transport)
    service = await serve(settings, spawner, (entry) => void logged.push(entry))
  })
  afterAll(() => service?.close())

  test('any request to the service on Node.js is answered as declared too', async () => {
    await fc.assert(
      fc.asyncProperty(attempt, fc.boolean(), async (given, isChunked) => {
        const init = initOf(given)
        const { pathname, search } = new URL(given.path, service.url)
        // A path of two slashes is another host's.
        const response = await fetch(`${service.url}${pathname}${search}`, {
          ...init,
          ...(isChunked && init.body && streamed(bodyOf(given))),
        })
        await checkAny(given, response)
      }),
      runs(700),
    )
    expect(JSON.stringify(logged)).not.toContain(SECRET)
    expect(logged).not.toContainEqual(expect.objectContaining({ code: 'internal' }))
  })
})

/** A body whose length is not announced. */
const streamed = (body: string | Uint8Array<ArrayBuffer>): RequestInit => ({
  body: new Blob([body]).stream(),
  duplex: 'half',
})
