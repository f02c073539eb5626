import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { serveFromEnv } from '../../handlers/node.ts'
import { createRecent } from '../../handlers/status/recent.ts'
import { makeSession } from '../../handlers/status/session.ts'
import { A_THOUSAND, createCountedSpawner, createServers } from '../../lab/load/many-servers.ts'
import { DockerError } from '../../src/docker/errors.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { pullAhead } from '../../src/spawner/images/pull-ahead.ts'
import type { Overview } from '../../src/spawner/overview.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { HOSTILE, UNPRINTABLE } from '../support/hostile-engine.ts'
import {
  ADMIN_TOKEN,
  createTestService,
  problemOf,
  refused,
  SECRETS,
  send,
  signed,
  type TestService,
} from '../support/test-hub.ts'

const authorization = `Bearer ${ADMIN_TOKEN}`
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Opens the page with the token in a header, as a program does. */
const open = ({ app }: TestService, query = '') =>
  app.request(`/${query}`, { headers: { authorization } })

/** Sends the form of the page. */
const post = (
  { app }: TestService,
  fields: Record<string, string>,
  { base = '', query = '', ...headers }: Record<string, string> = {},
) => {
  const body = new URLSearchParams(fields).toString()
  const length = { 'content-length': String(body.length) }
  return app.request(`${base}/${query}`, {
    method: 'POST',
    body,
    headers: { ...FORM, ...length, ...headers },
  })
}

/** What a browser sends back of a cookie. */
const cookieOf = (response: Response): string =>
  (response.headers.get('set-cookie') ?? '').split(';', 1).join()

const embedded = () =>
  createTestService(createSpawner(createEmbeddedEngine({ speed: 20 }).transport))

describe('signing in', () => {
  const { spawner, calls } = createCountedSpawner()
  const service = createTestService(spawner)
  const { app } = service

  test('without the token, the page asks for it, tells nothing and costs the Engine nothing', async () => {
    await createServers(spawner, [{ hub: 'default', username: 'alice' }])
    calls.length = 0
    const hub = signed('poll', { server: { username: 'alice' } }).headers
    for (const headers of [{}, hub, { cookie: `swarmspawner-status=${ADMIN_TOKEN}` }]) {
      const response = await app.request('/?user=alice', { headers })
      const page = await response.text()
      expect(response.status).toBe(200)
      expect(page).toContain('type="password"')
      expect(page).not.toContain('alice')
    }
    for (const wrong of ['Bearer wrong', `Basic ${btoa(`admin:${ADMIN_TOKEN}`)}`]) {
      const response = await app.request('/', { headers: { authorization: wrong } })
      expect(await problemOf(response)).toMatchObject({ status: 401, code: 'unauthorized' })
    }
    expect(await (await app.request(`/?token=${ADMIN_TOKEN}`)).text()).toContain('type="password"')
    expect(calls).toEqual([])
  })

  test('the token opens the page for an hour, by a cookie that opens nothing else', async () => {
    const response = await post(service, { token: ADMIN_TOKEN }, { query: '?user=alice' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('?user=alice')
    const set = response.headers.get('set-cookie') ?? ''
    expect(set).toMatch(
      /^swarmspawner-status=\d+\.[0-9a-f]{64}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(set).not.toContain(ADMIN_TOKEN)
    const cookie = cookieOf(response)
    expect(await (await app.request('/', { headers: { cookie } })).text()).toContain('alice')
    for (const path of ['/servers', '/metrics', '/servers/jupyter-x'])
      expect((await app.request(path, { headers: { cookie } })).status).toBe(401)
    const init = { method: 'POST', headers: { cookie }, body: '{}' }
    expect((await app.request('/poll?hub=default', init)).status).toBe(401)
    expect(JSON.stringify(service.logged)).not.toContain(ADMIN_TOKEN)
  })

  test('with TLS, the cookie is one that no other host can set, and comes over TLS only', async () => {
    const base = 'https://status.example'
    const response = await post(service, { token: ADMIN_TOKEN }, { base })
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-swarmspawner-status=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    const cookie = cookieOf(response)
    expect(await (await app.request(`${base}/`, { headers: { cookie } })).text()).toContain('alice')
    const plain = { cookie: cookie.replace('__Host-', '') }
    expect(await (await app.request(`${base}/`, { headers: plain })).text()).toContain('password')
  })

  test('behind a proxy that ends TLS, the cookie comes over TLS only as well', async () => {
    const headers = { origin: 'https://localhost', 'sec-fetch-site': 'same-origin' }
    const response = await post(service, { token: ADMIN_TOKEN }, headers)
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-.*; Secure;/)
    const cookie = cookieOf(response)
    expect(await (await app.request('/', { headers: { cookie } })).text()).toContain('alice')
    const out = await post(service, { 'sign-out': '1' }, headers)
    expect(out.headers.get('set-cookie')).toMatch(
      /^__Host-swarmspawner-status=; Max-Age=0;.* Secure/,
    )
  })

  const now = Date.now()
  test.each([
    ['forged', makeSession(ADMIN_TOKEN, now).replace(/.$/, 'x')],
    ['over', makeSession(ADMIN_TOKEN, now - 3_601_000)],
    ['of another token', makeSession('another-token-of-somebody', now)],
    ['10 KB long', `${makeSession(ADMIN_TOKEN, now)}${'0'.repeat(10_000)}`],
    ['hostile', encodeURIComponent(HOSTILE)],
  ])('a cookie that is %s opens nothing', async (_, value) => {
    const headers = { cookie: `swarmspawner-status=${value}` }
    const response = await app.request('/', { headers })
    expect(await response.text()).toContain('type="password"')
  })

  test('signing out takes the cookie away', async () => {
    const response = await post(service, { 'sign-out': '1' })
    expect(response.status).toBe(303)
    expect(response.headers.get('set-cookie')).toMatch(/^swarmspawner-status=; Max-Age=0; Path=\//)
  })

  test('a wrong token is refused: people get the form again, programs a problem', async () => {
    for (const token of ['wrong', '', `${ADMIN_TOKEN}x`, HOSTILE]) {
      const accept = 'text/html,application/xhtml+xml'
      const response = await post(service, { token }, { accept })
      expect(response.status).toBe(401)
      expect(response.headers.get('set-cookie')).toBeNull()
      const page = await response.text()
      expect(page).toContain('role="alert"')
      expect(page).toContain('type="password"')
    }
    const problem = await problemOf(await post(service, { token: 'wrong' }))
    expect(problem).toMatchObject({ status: 401, code: 'unauthorized' })
    expect(service.logged.at(-1)).toMatchObject({ status: 401, code: 'unauthorized' })
  })

  test.each([
    ['by its Origin', { origin: 'https://evil.example' }],
    ['from nowhere', { origin: 'null' }],
    ['by its Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour', { 'sec-fetch-site': 'same-site', origin: 'http://localhost' }],
  ])('a form of another site neither signs in nor out: %s', async (_, headers) => {
    for (const fields of [{ token: ADMIN_TOKEN }, { 'sign-out': '1' }]) {
      const response = await post(service, fields, headers)
      expect(response.headers.get('set-cookie')).toBeNull()
      expect((await problemOf(response)).status).toBe(401)
    }
  })

  test('a form of the own site signs in', async () => {
    for (const headers of [{ origin: 'http://localhost' }, { 'sec-fetch-site': 'same-origin' }])
      expect((await post(service, { token: ADMIN_TOKEN }, headers)).status).toBe(303)
  })

  test('a form that is longer than a token, or of unknown length, is not read', async () => {
    const long = await post(service, { token: 'x'.repeat(5000) })
    expect(await problemOf(long)).toMatchObject({ status: 413, code: 'too_large' })
    const init = { method: 'POST', body: `token=${ADMIN_TOKEN}`, headers: FORM }
    expect((await app.request('/', init)).status).toBe(413)
  })

  test.each(['PUT', 'DELETE', 'PATCH'])('%s is no way to open the page', async (method) => {
    const response = await app.request('/', { method, headers: { authorization } })
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' })
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST')
  })

  test('a service without an admin token says how to set one, and lets nobody in', async () => {
    const without = createTestService(spawner, { adminToken: undefined })
    const page = await (await without.app.request('/')).text()
    expect(page).toContain('SWARMSPAWNER_ADMIN_TOKEN_FILE')
    expect(page).not.toContain('type="password"')
    for (const token of ['undefined', '', ADMIN_TOKEN])
      expect((await post(without, { token })).status).toBe(401)
    const cookie = `swarmspawner-status=${makeSession('', Date.now())}`
    const answer = await without.app.request('/', { headers: { cookie } })
    expect(await answer.text()).not.toContain('alice')
  })

  test('on plain HTTP, the form warns of others in the network, and not on the machine itself', async () => {
    const warned = async (base: string) =>
      (await (await app.request(`${base}/`)).text()).includes('others in this network')
    expect(await warned('http://swarm.example')).toBe(true)
    expect(await warned('https://swarm.example')).toBe(false)
    for (const own of ['http://127.0.0.1:8080', 'http://[::1]:8080', 'http://localhost'])
      expect(await warned(own)).toBe(false)
  })
})

describe('the page', () => {
  test('it has no script, loads nothing, is in no frame and in no cache', async () => {
    const service = embedded()
    for (const response of [await open(service), await service.app.request('/')]) {
      const page = await response.text()
      const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? []
      const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
      const hash = btoa(String.fromCharCode(...new Uint8Array(bytes)))
      expect(response.headers.get('content-security-policy')).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      )
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      })
      expect(page).not.toMatch(
        /<(script|link|img|iframe|object|embed|base)\b|\s(src|on\w+|style)=/i,
      )
      expect(page).not.toMatch(/url\(|@import|javascript:/i)
      expect(page).toMatch(/prefers-color-scheme: dark.*max-width: 48rem/s)
    }
  })

  test('each field has a label, each table a caption and heads, each part a heading', async () => {
    const { spawner } = createCountedSpawner()
    await createServers(spawner, [{ hub: 'default', username: 'alice' }])
    const page = await (await open(createTestService(spawner))).text()
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
    const fields = page.match(/<(input|select)\b/g) ?? []
    expect(page.match(/<label>[^<]+<(input|select)\b/g)).toHaveLength(fields.length)
    const tables = page.match(/<table /g) ?? []
    expect(tables.length).toBeGreaterThan(1)
    expect(page.match(/<caption /g)).toHaveLength(tables.length)
    for (const [, id] of page.matchAll(/aria-labelledby="(\w+)"/g))
      expect(page).toContain(`<h2 id="${id}">`)
    expect(page).toContain('<a class="skip" href="#main">')
  })

  test('it says why a server does not run, and what to do', async () => {
    const { spawner } = createCountedSpawner({ speed: 1000 })
    const service = createTestService(spawner)
    await createServers(spawner, [
      { hub: 'default', username: 'fine' },
      { hub: 'default', username: 'eve', server_name: 'lab', image: 'demo/crash-at-start:1' },
    ])
    const rows = async () => rowsOf(await (await open(service)).text(), 'Servers')
    await expect
      .poll(async () => (await rows())[0])
      .toMatch(/^failed eve lab default demo\/crash-at-start:1 embedded .* task: non-zero exit/)
    await expect
      .poll(async () => (await rows())[1])
      .toMatch(/^running fine - default demo\/notebook:1 embedded/)
  })

  test('it shows nodes with their room, and images that are due', async () => {
    const { spawner } = createCountedSpawner({
      nodes: 2,
      speed: 1000,
      memoryBytes: 2 ** 33,
      nanoCpus: 4e9,
    })
    const service = createTestService(spawner)
    await createServers(spawner, [{ hub: 'default', username: 'alice' }])
    const { signal } = new AbortController()
    await pullAhead(spawner, { hub: 'default', image: 'demo/notebook:1', signal })
    const page = async () => (await open(service)).text()
    await expect
      .poll(async () => rowsOf(await page(), 'Images that are due'))
      .toEqual([expect.stringMatching(/^demo\/notebook:1 default command .* there on 2/)])
    const nodes = rowsOf(await page(), 'Nodes with their room')
    expect(nodes).toHaveLength(2)
    expect(nodes.join('\n')).toMatch(
      /^embedded\S* ready active 4 CPU, 7.99 GiB 0 CPU, 8 MiB 4 CPU, 8 GiB/m,
    )
  })

  test('it tells what failed lately, and says that only this copy knows it', async () => {
    const { spawner } = createCountedSpawner({ speed: 50 })
    const recent = createRecent(spawner.now)
    const service = createTestService(spawner, { recent })
    const config = { networks: ['jupyterhub'] }
    await send(service, 'start', {
      server: { username: 'eve' },
      config: { ...config, service_image: 'demo/crash-at-start:1' },
    })
    await refused(service, 'start', {
      server: { username: 'mallory' },
      config: { ...config, service_image: 'demo/notebook:1', mounts: ['/etc:/etc'] },
    })
    recent.collected('default', { listed: 2, removed: 0, gone: 0, failed: 1 })
    const page = await (await open(service)).text()
    expect(page).toContain('Only what this copy of the service has seen')
    const rows = rowsOf(page, 'Recent failures')
    expect(rows[0]).toMatch(/mallory - default not_allowed .* not allowed by the policy/)
    expect(rows[1]).toMatch(/eve - default failed demo\/crash-at-start:1 embedded .*non-zero exit/)
    expect(rowsOf(page, 'What gc found when this copy last looked')).toEqual([
      expect.stringMatching(/^default .* 3 due, 0 removed, 1 not removable$/),
    ])
  })

  test('the service on Node.js remembers starts that were refused and servers that failed', async () => {
    const engine = await listenEmbedded(createEmbeddedEngine({ speed: 50 }), 'tcp://127.0.0.1:0')
    const env = {
      ...{ DOCKER_HOST: engine.dockerHost, PORT: '0', SWARMSPAWNER_SECRET: SECRETS.default },
      ...{ SWARMSPAWNER_ADMIN_TOKEN: ADMIN_TOKEN, SWARMSPAWNER_AUDIT: 'off' },
    }
    const service = await serveFromEnv(env, () => {})
    onTestFinished(async () => {
      await service.close()
      await engine.close()
    })
    const call = async (verb: string, data: object) =>
      (await fetch(`${service.url}/${verb}`, signed(verb, data))).json()
    const config = { networks: ['jupyterhub'], service_image: 'demo/crash-at-start:1' }
    await call('start', {
      server: { username: 'mallory' },
      config: { ...config, mounts: ['/etc:/etc'] },
    })
    await call('start', { server: { username: 'eve' }, config, wait_s: 0 })
    await expect
      .poll(() => call('poll', { server: { username: 'eve' } }), { timeout: 10_000 })
      .toMatchObject({ state: 'failed' })
    const page = await (await fetch(service.url, { headers: { authorization } })).text()
    expect(rowsOf(page, 'Recent failures')).toEqual([
      expect.stringMatching(/eve - default failed/),
      expect.stringMatching(/mallory - default not_allowed/),
    ])
    expect(page).toContain('This copy looks every 10 minutes whether nodes lack images')
  })

  test('a platform without memory and clock says so', async () => {
    const page = await (await open(embedded())).text()
    expect(page).toContain('each call is a process of its own, which remembers nothing')
    expect(page).toContain('The clock of the platform decides')
    const rounds = { gcEveryMs: 7_200_000, gcAction: 'list', pullEveryMs: 600_000 } as const
    const { spawner } = createCountedSpawner()
    const told = await (await open(createTestService(spawner, { rounds }))).text()
    expect(told).toContain('This copy looks for leftovers every 2 hours, and only lists them')
    expect(told).toContain('This copy looks every 10 minutes whether nodes lack images')
  })

  test('if the Engine is away, it says so with status 503, and what to do', async () => {
    const spawner = createSpawner(() =>
      Promise.reject(new DockerError('unreachable', 'nobody listens')),
    )
    const recent = createRecent(() => 0)
    const service = createTestService(spawner, { recent })
    const response = await open(service)
    const page = await response.text()
    expect(response.status).toBe(503)
    expect(page).toMatch(/role="alert".*the Docker Engine cannot be asked.*swarmspawner doctor/s)
    expect(page).toContain('Recent failures')
    expect(page).not.toContain('<h2 id="servers">')
    expect(service.logged[0]).toMatchObject({ level: 'warn', code: 'engine_unreachable' })
  })

  test.each([
    'colour=red',
    'page=0',
    'page=x',
    'state=asleep',
    `user=${'x'.repeat(256)}`,
    'hub=a&hub=b',
  ])('it refuses what it cannot use: %.20s', async (query) => {
    const service = embedded()
    expect((await problemOf(await open(service, `?${query}`))).status).toBe(422)
    const headers = { authorization, accept: 'text/html' }
    const response = await service.app.request(`/?${query}`, { headers })
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
})

describe('texts of others', () => {
  const TEXTS = [
    ['a tag', '<script>alert(1)</script>"><img src=x onerror=alert(1)>'],
    ['an attribute', `" onmouseover="alert(1)' autofocus onfocus='alert(1)`],
    ['what controls', HOSTILE],
    ['10 KB', '\u202e<b>'.repeat(2500)],
  ] as const
  test.each(TEXTS)('%s stays text, and short', async (_, text) => {
    const { spawner } = createCountedSpawner()
    await createServers(spawner, [{ hub: 'default', username: 'alice' }])
    const seen = await spawner.lookAround()
    const service = createTestService({ ...spawner, lookAround: async () => spoil(seen, text) })
    for (const query of ['', `?${new URLSearchParams({ hub: text.slice(0, 200) })}`]) {
      const page = await (await open(service, query)).text()
      expect(page.replaceAll('\n', '')).not.toMatch(UNPRINTABLE)
      const tags = page.replace(/="[^"]*"/g, '')
      expect(tags).not.toMatch(/<(script|img|b)\b|<[^>]*\s(on\w+|autofocus)\b/)
      expect(page.length).toBeLessThan(40_000)
    }
  })
})

/** Puts a text wherever somebody else may choose one. */
const spoil = ({ nodes, servers }: Overview, text: string): Overview => ({
  nodes: nodes.map((one) => ({
    ...one,
    name: text,
    node: {
      ...one.node,
      Spec: { ...one.node.Spec, Availability: text },
      Status: { State: text },
      Description: { ...one.node.Description, Engine: { EngineVersion: text } },
    },
  })),
  servers: servers.map(({ labels, state }) => ({
    labels: { ...labels, username: text, serverName: text, hub: text },
    state: { ...state, reason: text, advice: text, task: { id: 'a', state: text, node: text } },
    image: text,
    since: text,
  })),
  pulls: [
    { hub: text, image: text, source: 'push', since: text, nodes: { failed: 1 }, reason: text },
  ],
  pullEnds: [],
})

/** The rows of a table as text. */
const rowsOf = (page: string, caption: string): string[] => {
  const [, table = ''] = page.split(`<caption class="unseen">${caption}</caption>`)
  const [, body = ''] = /<tbody[^>]*>(.*?)<\/tbody>/s.exec(table) ?? []
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    row
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
}

describe('the page of a thousand servers', () => {
  const world = createCountedSpawner({ nodes: 3, speed: 1000 })
  const service = createTestService(world.spawner)
  beforeAll(async () => {
    await createServers(world.spawner, A_THOUSAND)
  }, 120_000)

  test('it costs the Engine two calls, for all who ask within a second', async () => {
    await expect
      .poll(async () => {
        world.calls.length = 0
        await Promise.all(Array.from({ length: 5 }, () => open(service)))
        return world.calls.length
      })
      .toBe(2)
  })

  test('it shows a hundred of them at once, and all of them page by page, each once', async () => {
    const seen: string[] = []
    let query: string | undefined = '?hub=default'
    while (query !== undefined) {
      const page: string = await (await open(service, query)).text()
      const rows = rowsOf(page, 'Servers')
      expect(rows.length).toBeLessThanOrEqual(100)
      expect(page.length).toBeLessThan(150_000)
      seen.push(...rows.map((row) => row.split(' ')[1] ?? ''))
      query = /rel="next" href="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(new Set(seen).size).toBe(750)
    expect(seen).toHaveLength(750)
  })

  test('it finds the servers of a hub, a user, a state and a node', async () => {
    const found = async (query: string) =>
      /<p>(\d+) of 1000 servers/.exec(await (await open(service, query)).text())?.[1]
    await expect.poll(() => found('?state=running')).toBe('1000')
    expect(await found('?hub=other&user=&state=&node=')).toBe('250')
    expect(await found('?user=user-7')).toBe('1')
    expect(await found('?state=failed')).toBe('0')
    expect(await found('?node=nowhere')).toBe('0')
    const page = await (await open(service, '?page=99')).text()
    expect(page).toContain('Previous page')
  })
})
