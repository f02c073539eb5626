import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createPushToken } from '../../handlers/caller/push-token.ts'
import { makeSession } from '../../handlers/status/session.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { UNPRINTABLE } from '../support/hostile-engine.ts'
import { PUSH_TOKENS } from '../support/push-service.ts'
import { ADMIN_TOKEN, createTestService, signed, type TestService } from '../support/test-hub.ts'
import { checkAnswer } from './check-answer.ts'
import { FUZZ_TIMEOUT_MS, runs } from './fuzz-runs.ts'
import { checkLog } from './fuzz-world.ts'
import { oddJson, oddText, SECRET } from './odd-values.ts'

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS })

const METRICS_TOKEN = 'the-metrics-token-of-the-tests'
const HTML = 'text/html; charset=utf-8'

/** A text in a path or a query: as a browser encodes it, or only so that it can be sent at all. */
const encoded = fc
  .tuple(oddText, fc.boolean())
  .map(([text, isWhole]) =>
    isWhole
      ? encodeURIComponent(text.toWellFormed())
      : text.toWellFormed().replace(/[^\w.~%&=+;,:@!$'()*/[\]-]/gu, encodeURIComponent),
  )
const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom('hub', 'user', 'state', 'node', 'limit', 'after', 'tail', 'page', 'token'),
    fc.constantFrom('service_name', '__proto__', 'constructor', 'hub%00', 'h%75b'),
    encoded,
  ),
  fc.oneof(
    fc.constantFrom('', 'default', 'alice', 'running', '1', '0', '-1', '1e3', '99999', '1000'),
    fc.constantFrom(SECRET, '%3Cscript%3E', '%22onload=', '%1b[2J', '%e0%a4'),
    encoded,
  ),
)
const query = fc
  .array(parameter, { maxLength: 3 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'))

type Visit = {
  page: string
  query: string
  method: string
  accept: string
  who: 'nobody' | 'admin' | 'monitor' | 'session' | 'stranger' | 'hub'
}
const visit = (names: readonly string[]): fc.Arbitrary<Visit> =>
  fc.record({
    page: fc.oneof(
      fc.constantFrom('/', '/servers', '/metrics', ...names.map((name) => `/servers/${name}`)),
      fc.constantFrom(...names.map((name) => `/servers/${name}/logs`)),
      encoded.map((text) => `/servers/${text}`),
      encoded.map((text) => `/servers/${text}/logs`),
    ),
    query,
    method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'DELETE'),
    accept: fc.constantFrom('*/*', 'text/html', 'application/json', 'text/event-stream;q=0.1'),
    who: fc.constantFrom('admin', 'admin', 'session', 'monitor', 'nobody', 'stranger', 'hub'),
  })

const identityOf = (who: Visit['who']): Record<string, string> => {
  if (who === 'admin') return { authorization: `Bearer ${ADMIN_TOKEN}` }
  if (who === 'monitor') return { authorization: `bearer ${METRICS_TOKEN}` }
  if (who === 'stranger') return { authorization: `Bearer ${SECRET}` }
  if (who === 'hub') return signed('poll', { server: { username: 'alice' } }).headers
  if (who === 'nobody') return {}
  return { cookie: `a=b; swarmspawner-status=${makeSession(ADMIN_TOKEN, Date.now())}` }
}

/** A page for people is one page, whatever is in its texts, and names nobody to those who may not see it. */
const checkPage = (text: string, isAdmitted: boolean): void => {
  expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE)
  expect(text.match(/<\/html>/g)).toHaveLength(1)
  expect(text.replace(/="[^"]*"/g, '')).not.toMatch(/<script|<[^>]*\son\w+/i)
  if (!isAdmitted) expect(text).not.toContain('alice')
}

/** Reads a stream of events until it has begun. */
const checkStream = async (response: Response): Promise<void> => {
  const reader = response.body?.getReader()
  const first = new TextDecoder().decode((await reader?.read())?.value)
  expect(first).toMatch(/^event: (line|end)\ndata: .*\n\n$/s)
  await reader?.cancel()
}

const checkVisit = async ({ page, method, who }: Visit, response: Response): Promise<void> => {
  const type = response.headers.get('content-type') ?? ''
  // `/servers/..` is another page.
  const { pathname } = new URL(page, 'http://localhost')
  const isAdmitted = who === 'admin' || (who === 'session' && pathname === '/')
  const mayPass = isAdmitted || pathname === '/' || (who === 'monitor' && pathname === '/metrics')
  if (!mayPass) expect([401, 404, 405]).toContain(response.status)
  expect(response.status).not.toBe(500)
  if (method === 'HEAD') return expect(response.body).toBeNull()
  if (type.startsWith('text/event-stream')) return checkStream(response)
  if (type === HTML) return checkPage(await response.text(), isAdmitted)
  const { text } = await checkAnswer(response)
  if (!type.startsWith('application/openmetrics')) expect(text).not.toMatch(UNPRINTABLE)
  if (!mayPass) expect(text).not.toContain('alice')
}

const open = async (): Promise<{ service: TestService; names: string[] }> => {
  const { transport } = createEmbeddedEngine({ speed: 200 })
  const push = { tokens: [createPushToken('default', PUSH_TOKENS.default)], hosts: new Map() }
  const service = createTestService(createSpawner(transport), {
    metricsToken: METRICS_TOKEN,
    push,
  })
  const start = async (username: string) => {
    const config = { service_image: 'demo/notebook:1', environment: { TOKEN: SECRET } }
    const call = signed('start', { server: { username }, config, wait_s: 0 })
    const answer: unknown = await (await service.app.request('/start', call)).json()
    return typeof answer === 'object' && answer && 'service_name' in answer
      ? String(answer.service_name)
      : ''
  }
  const names = [await start('alice'), await start('<b>"alice"</b>\u001b[2J')]
  return { service, names }
}

describe('whoever visits a page of the service', () => {
  let world: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    world = await open()
  })

  test('any visit is answered as declared, and names users to admins alone', async () => {
    const { service, names } = world
    await fc.assert(
      fc.asyncProperty(visit(names), async (given) => {
        service.logged.length = 0
        const { page, query: search, method, accept, who } = given
        const headers = { accept, ...identityOf(who) }
        const path = search === '' ? page : `${page}?${search}`
        await checkVisit(given, await service.app.request(path, { method, headers }))
        checkLog(service.logged)
        expect(JSON.stringify(service.logged)).not.toMatch(ADMIN_TOKEN)
      }),
      runs(1500),
    )
  })

  test('any form of the status page is answered as declared, and only the token signs in', async () => {
    const { service } = world
    const field = fc.tuple(
      fc.constantFrom('token', 'sign-out', 'username', '', '__proto__'),
      encoded,
    )
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 3 }), oddText, async (fields, origin) => {
        service.logged.length = 0
        const body = fields.map(([name, value]) => `${name}=${value}`).join('&')
        const isSent = /^[\x20-\x7e]+$/.test(origin)
        const headers = {
          'content-length': String(body.length),
          accept: 'text/html',
          ...(isSent && { origin }),
        }
        const response = await service.app.request('/', { method: 'POST', body, headers })
        expect([303, 401, 413]).toContain(response.status)
        expect(response.headers.get('set-cookie') ?? '').not.toMatch(/status=[^;]/)
        if (isSent) expect(response.status).not.toBe(303)
        if (response.status !== 303) checkPage(await response.text(), false)
        checkLog(service.logged)
      }),
      runs(500),
    )
  })

  test('any body that a registry or a hub sends about images is answered as declared', async () => {
    const { service } = world
    const word = fc.constantFrom(
      ...['events', 'action', 'push', 'target', 'repository', 'tag', 'digest', 'request', 'host'],
      ...['push_data', 'repo_name', 'event_data', 'resources', 'resource_url', 'updated_tags'],
      ...['docker_url', 'package', 'images', 'profiles', 'config', 'image', 'placement', 'why'],
    )
    const told = fc.dictionary(word, fc.oneof(oddJson, fc.dictionary(word, oddJson)))
    await fc.assert(
      fc.asyncProperty(told, fc.boolean(), async (data, isHub) => {
        service.logged.length = 0
        const body = JSON.stringify(data)
        const path = isHub ? '/pull' : `/image-pushed/${PUSH_TOKENS.default}`
        const call = isHub ? signed('pull', data) : { method: 'POST', body }
        const response = await service.app.request(path, call)
        expect(isHub ? [200, 413, 422] : [202]).toContain(response.status)
        await checkAnswer(response)
        checkLog(service.logged)
        expect(JSON.stringify(service.logged)).not.toContain(PUSH_TOKENS.default)
      }),
      runs(1500),
    )
  })
})
