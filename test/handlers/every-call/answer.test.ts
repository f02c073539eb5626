import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, test } from 'vitest'
import { signCall } from '../../../handlers/caller/signature.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { ADMIN_TOKEN, createTestService, keyOf, SECRETS, send } from '../../support/test-hub.ts'

const server = { username: 'alice' }
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }

const service = () =>
  createTestService(createSpawner(createEmbeddedEngine({ speed: 20 }).transport))
let ours: ReturnType<typeof service>
beforeEach(() => {
  ours = service()
})

/** Verifies an answer as the reference implementation of Standard Webhooks does, which throws where it is not right. */
const verify = (secret: string, { headers }: Response, text: string): unknown =>
  new Webhook(secret).verify(text, Object.fromEntries(headers))

const isSigned = (secret: string, response: Response, text: string): boolean => {
  try {
    verify(secret, response, text)
    return true
  } catch {
    return false
  }
}

describe('the answer to a signed call', () => {
  test.each([
    ['start', { server, config }, 200],
    ['poll', { server }, 200],
    ['poll', { servers: [server, server] }, 200],
    ['stop', { server }, 200],
    ['forget', { server }, 200],
    ['explain', { server, config }, 200],
    ['start', { server, config: { netwerks: [] } }, 422],
    ['start', { server, config: { ...config, networks: ['host'] } }, 422],
    ['poll', 'no data', 422],
    ['stop', { server: { username: '' } }, 422],
  ])(
    'the answer to a signed call of %s %j is signed under its id: %i',
    async (verb, data, status) => {
      const response = await send(ours, verb, data)
      const text = await response.text()
      expect(response.status).toBe(status)
      expect(response.headers.get('webhook-id')).toBe('msg_test')
      expect(verify(SECRETS.default, response, text)).toEqual(JSON.parse(text))
    },
  )

  test('the answer is signed if the call is too old, of another type, or no JSON', async () => {
    const old = await send(ours, 'poll', { server }, { now: Date.now() - 400_000 })
    expect(await old.clone().json()).toMatchObject({ code: 'timestamp_out_of_range' })
    const texts = ['{"type":"spawner.stop","data":{}}', 'nonsense', '[]']
    const answers = await Promise.all(
      texts.map((body) => {
        const timestamp = Math.floor(Date.now() / 1000)
        const headers = signCall(keyOf(SECRETS.default), { id: 'msg_test', timestamp, body })
        return ours.app.request('/poll', { method: 'POST', body, headers })
      }),
    )
    for (const answer of [old, ...answers])
      expect(isSigned(SECRETS.default, answer, await answer.text())).toBe(true)
  })

  test('the answer is signed if the service itself has failed', async () => {
    const broken = createTestService(
      createSpawner(async () => {
        throw new Error('nobody expected this')
      }),
    )
    const response = await send(broken, 'poll', { server })
    const text = await response.text()
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(isSigned(SECRETS.default, response, text)).toBe(true)
  })

  test('the signature of an answer is good for nothing else: another body, id, time or secret', async () => {
    const response = await send(ours, 'poll', { server })
    const text = await response.text()
    const changed = (name: string, value: string) => {
      const headers = new Headers(response.headers)
      headers.set(name, value)
      return new Response(text, { headers })
    }
    const now = String(Math.floor(Date.now() / 1000) + 1)
    expect(isSigned(SECRETS.default, response, text.replace('absent', 'running'))).toBe(false)
    expect(isSigned(SECRETS.default, changed('webhook-id', 'msg_other'), text)).toBe(false)
    expect(isSigned(SECRETS.default, changed('webhook-timestamp', now), text)).toBe(false)
    expect(isSigned(SECRETS.other, response, text)).toBe(false)
  })

  test("the signature of an answer is made with the hub's own secret, of several with that of the call", async () => {
    const keys = [keyOf(SECRETS.default), keyOf(SECRETS.other)]
    const rotating = createTestService(
      createSpawner(createEmbeddedEngine({ speed: 20 }).transport),
      { hubs: [{ hub: 'only', keys }] },
    )
    for (const hub of ['default', 'other'] as const)
      for (const asked of [ours, rotating]) {
        const response = await send(asked, 'poll', { server }, { hub })
        expect(isSigned(SECRETS[hub], response, await response.text())).toBe(true)
      }
  })

  test('the answer to a signed call cannot be sent back as a call', async () => {
    const calls: readonly [string, unknown][] = [
      ['start', { server, config }],
      ['poll', { server }],
      ['poll', { servers: [server] }],
      ['forget', { server }],
      ['explain', { server, config }],
      ['stop', {}],
      ['stop', { server }],
    ]
    for (const [verb, data] of calls) {
      const { headers, ...answer } = await send(ours, verb, data).then(async (response) => ({
        headers: response.headers,
        body: await response.text(),
      }))
      for (const route of ['start', 'poll', 'stop', 'forget', 'explain']) {
        const again = await ours.app.request(`/${route}`, { method: 'POST', headers, ...answer })
        expect(again.status).toBeGreaterThanOrEqual(400)
        expect(await again.json()).toMatchObject({
          code: expect.stringMatching(/^(invalid_request|wrong_type)$/),
        })
      }
    }
  })
})

describe('an event of a stream', () => {
  test('an event of a stream has a signature of its own over its data', async () => {
    const headers = { accept: 'text/event-stream' }
    const response = await send(ours, 'start', { server, config }, { headers })
    const events = (await response.text()).split('\n\n').filter((text) => text.includes('data:'))
    expect(events.length).toBeGreaterThan(1)
    for (const text of events) {
      const fields = new Map([...text.matchAll(/^([a-z-]+): (.*)$/gm)].map(([, a, b]) => [a, b]))
      const data = fields.get('data') ?? ''
      expect(fields.get('webhook-id')).toBe('msg_test')
      const signed = new Response(data, {
        headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
          (name): [string, string] => [name, fields.get(name) ?? ''],
        ),
      })
      expect(isSigned(SECRETS.default, signed, data)).toBe(true)
    }
  })
})

describe('an answer to a caller without a signature', () => {
  const body = '{"type":"spawner.poll","data":{"server":{"username":"alice"}}}'
  const isBare = (response: Response) =>
    [...response.headers.keys()].every((name) => !name.startsWith('webhook-'))

  test('the answer to a person is not signed, nor is the answer to a stranger', async () => {
    const signed = {
      'webhook-id': 'msg_test',
      'webhook-timestamp': '1',
      'webhook-signature': `v1,${'A'.repeat(43)}=`,
    }
    const person = { authorization: `Bearer ${ADMIN_TOKEN}`, ...signed }
    const asked = [
      ['/poll?hub=default', { method: 'POST', body, headers: person }, 200],
      ['/poll', { method: 'POST', body, headers: signed }, 401],
      ['/poll', { method: 'POST', body }, 401],
      ['/poll', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1), headers: signed }, 413],
      ['/none', { method: 'POST', body, headers: signed }, 404],
      ['/poll', { headers: signed }, 405],
      ['/health', { headers: signed }, 200],
    ] as const
    for (const [path, init, status] of asked) {
      const response = await ours.app.request(path, init)
      expect({ path, status: response.status }).toEqual({ path, status })
      expect(isBare(response)).toBe(true)
    }
  })
})
