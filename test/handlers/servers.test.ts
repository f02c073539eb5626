import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { ADMIN_PAGES, PAGES } from '../../handlers/app.ts'
import { A_THOUSAND, createCountedSpawner, createServers } from '../../lab/load/many-servers.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { ServersPage } from '../../src/spawner/find-servers.ts'
import { ListedServer, listServers } from '../../src/spawner/list-servers.ts'
import { poll } from '../../src/spawner/poll.ts'
import { ServerLogs } from '../../src/spawner/server-logs.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createHostileEngine, HOSTILE, UNPRINTABLE } from '../support/hostile-engine.ts'
import {
  ADMIN_TOKEN,
  ask,
  createTestService,
  problemOf,
  signed,
  type TestService,
} from '../support/test-hub.ts'

const authorization = `Bearer ${ADMIN_TOKEN}`
const get = (service: TestService, path: string, headers: Record<string, string> = {}) =>
  service.app.request(path, { headers: { authorization, ...headers } })
const pageOf = async (service: TestService, query = ''): Promise<ServersPage> =>
  v.parse(ServersPage, await (await get(service, `/servers${query}`)).json())
const config = { networks: ['jupyterhub'] }

describe('GET /servers of a thousand servers', () => {
  const world = createCountedSpawner({ nodes: 3, speed: 1000 })
  const service = createTestService(world.spawner)
  let names: string[]
  beforeAll(async () => {
    names = await createServers(world.spawner, A_THOUSAND)
  }, 120_000)
  const counted = async <T>(work: () => Promise<T>): Promise<[T, string[]]> => {
    world.calls.length = 0
    const answer = await work()
    return [answer, world.calls.map((call) => call.replace(/^(\w+ )\/v[\d.]+|\?.*/g, '$1'))]
  }

  test('GET /servers goes through all servers, page by page, each once', async () => {
    const seen: string[] = []
    let after: string | null = null
    do {
      const query: string = after === null ? '' : `&after=${after}`
      const page: ServersPage = await pageOf(service, `?limit=300${query}`)
      expect(page.unread).toEqual([])
      expect(page.servers.length).toBeLessThanOrEqual(300)
      seen.push(...page.servers.map(({ service_name }) => service_name))
      after = page.next
    } while (after !== null)
    expect(seen).toEqual(names.toSorted((one, other) => (one < other ? -1 : 1)))
  })

  test('GET /servers costs two calls for a page, and one more for every 200 servers', async () => {
    await pageOf(service)
    const [page, calls] = await counted(() => pageOf(service))
    expect(page.servers).toHaveLength(100)
    expect(calls).toEqual(['GET /services', 'GET /tasks'])
    const [all, more] = await counted(() => pageOf(service, '?limit=1000'))
    expect(all).toMatchObject({ next: null })
    expect(more).toHaveLength(6)
  })

  test('GET /servers finds the servers of a hub, a user, a state and a node', async () => {
    const others = await pageOf(service, '?hub=other&limit=1000')
    expect(others.servers).toHaveLength(250)
    expect(new Set(others.servers.map(({ hub }) => hub))).toEqual(new Set(['other']))
    const { servers } = await pageOf(service, '?user=user-7')
    expect(servers).toMatchObject([{ username: 'user-7', hub: 'default', server_name: '' }])
    expect(await pageOf(service, '?user=user-7&hub=other')).toMatchObject({ servers: [] })
    const running = await pageOf(service, '?state=running&limit=1000')
    expect(running.servers).toHaveLength(1000)
    expect(await pageOf(service, '?state=failed')).toMatchObject({ servers: [], next: null })
    const counts = []
    for (const node of ['embedded', 'embedded-2', 'embedded-3', 'nowhere'])
      counts.push((await pageOf(service, `?node=${node}&limit=1000`)).servers.length)
    expect(counts.at(-1)).toBe(0)
    expect(counts.slice(0, 3).every((count) => count > 100)).toBe(true)
    expect(counts.reduce((sum, count) => sum + count)).toBe(1000)
  })

  test('GET /servers says the same states as swarmspawner ls and as a poll', async () => {
    const { servers } = await pageOf(service, '?hub=other&limit=5')
    const { signal } = new AbortController()
    const listed = await listServers(world.spawner, 'other', signal)
    for (const server of servers) {
      expect(listed).toContainEqual(server)
      const { username, hub } = server
      const polled = { hub, servers: [{ username, server_name: '' }], keepsEnded: true }
      expect(server).toMatchObject((await poll(world.spawner, polled))[0] ?? {})
      const one = await get(service, `/servers/${server.service_name}`)
      expect(v.parse(ListedServer, await one.json())).toEqual(server)
    }
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['state=asleep', 'state'],
    ['colour=red', 'colour'],
    ['user=', 'user'],
    [`node=${'n'.repeat(256)}`, 'node'],
  ])('GET /servers refuses what it cannot use, and names it: %.20s', async (query, path) => {
    const problem = await problemOf(await get(service, `/servers?${query}`))
    expect(problem).toMatchObject({ status: 422, code: 'invalid_request', issues: [{ path }] })
  })

  test('GET /servers refuses a parameter that is given twice', async () => {
    const problem = await problemOf(await get(service, '/servers?hub=default&hub=other'))
    expect(problem.detail).toBe('The parameter hub may be given only once')
  })

  test('GET /servers tells no more of a parameter than a line of it', async () => {
    for (const name of ['x'.repeat(10_000), HOSTILE.repeat(100)]) {
      const query = new URLSearchParams([
        [name, '1'],
        [name, '2'],
      ])
      const { detail } = await problemOf(await get(service, `/servers?${query}`))
      expect(detail.length).toBeLessThan(200)
      expect(detail).not.toMatch(UNPRINTABLE)
    }
  })
})

describe('who may ask', () => {
  const { spawner, calls } = createCountedSpawner()
  const service = createTestService(spawner)
  const PATHS = ['/servers', '/servers/jupyter-x', '/servers/jupyter-x/logs']

  test.each(PATHS)(
    '%s opens to the admin token alone, and costs strangers nothing',
    async (path) => {
      const hub = signed('poll', { server: { username: 'alice' } }).headers
      for (const headers of [
        {},
        hub,
        { authorization: 'Bearer wrong' },
        { authorization: `Basic ${btoa(`admin:${ADMIN_TOKEN}`)}` },
        { authorization: `Bearer ${ADMIN_TOKEN}x` },
        { cookie: `token=${ADMIN_TOKEN}` },
      ]) {
        const response = await service.app.request(path, { headers })
        expect(await problemOf(response)).toMatchObject({ status: 401, code: 'unauthorized' })
      }
      const inQuery = await service.app.request(`${path}?token=${ADMIN_TOKEN}`)
      expect(inQuery.status).toBe(401)
      expect(calls).toEqual([])
    },
  )

  test.each(PATHS)('%s stays shut if the service has no admin token', async (path) => {
    const { app } = createTestService(spawner, { adminToken: undefined })
    for (const headers of [{ authorization }, { authorization: 'Bearer undefined' }, {}])
      expect((await app.request(path, { headers })).status).toBe(401)
  })

  test('an answer with names of users is not for caches', async () => {
    expect((await get(service, '/servers')).headers.get('cache-control')).toBe('no-store')
  })
})

describe('GET /servers/:service_name', () => {
  const { spawner } = createCountedSpawner({ speed: 50 })
  const service = createTestService(spawner)

  test('a server that failed is shown with its reason and log, and stays for its hub', async () => {
    const [name = ''] = await createServers(spawner, [
      { hub: 'default', username: 'eve', image: 'demo/crash-at-start:1' },
    ])
    const see = async () =>
      v.parse(ListedServer, await (await get(service, `/servers/${name}`)).json())
    await expect.poll(async () => (await see()).state).toBe('failed')
    const shown = await see()
    expect(shown).toMatchObject({ username: 'eve', hub: 'default', reason: expect.any(String) })
    expect(shown.log?.length).toBeGreaterThan(0)
    expect(await ask(service, 'poll', { server: { username: 'eve' } })).toMatchObject({
      state: 'failed',
    })
    expect(await problemOf(await get(service, `/servers/${name}`))).toMatchObject({
      status: 404,
      code: 'no_such_server',
    })
  })

  test('a server with a prefix and a name of its own is found', async () => {
    const server = { username: 'ann', server_name: 'My Lab', service_prefix: 'phys' }
    const { service_name } = await ask(service, 'start', {
      server,
      config: { ...config, service_image: 'demo/notebook:1', service_prefix: 'phys' },
    })
    const shown = await (await get(service, `/servers/${service_name}`)).json()
    expect(shown).toMatchObject({ state: 'running', username: 'ann', server_name: 'My Lab' })
  })

  test.each(['nobody', '...', '%2e%2e', 'a/b', '%00', HOSTILE, 'x'.repeat(5000)])(
    'a name that no server has is a 404: example %#',
    async (name) => {
      for (const end of ['', '/logs']) {
        const response = await get(service, `/servers/${encodeURIComponent(name)}${end}`)
        expect(response.status).toBe(404)
        expect(await response.text()).not.toMatch(UNPRINTABLE)
      }
    },
  )

  test('a service that is not of a hub is not shown, and neither is its log', async () => {
    const { transport } = createEmbeddedEngine()
    const foreign = createSpawner(transport)
    await transport({
      method: 'POST',
      path: '/v1.51/services/create',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        Name: 'traefik',
        TaskTemplate: { ContainerSpec: { Image: 'traefik', Env: ['TOKEN=x'] } },
      }),
      signal: new AbortController().signal,
    })
    const other = createTestService(foreign)
    for (const end of ['', '/logs'])
      expect((await get(other, `/servers/traefik${end}`)).status).toBe(404)
  })
})

describe('GET /servers/:service_name/logs', () => {
  const { spawner } = createCountedSpawner({ speed: 20 })
  const service = createTestService(spawner)
  let name: string
  beforeAll(async () => {
    const data = {
      server: { username: 'bob' },
      config: { ...config, service_image: 'demo/notebook:1' },
    }
    name = (await ask(service, 'start', data)).service_name
  })

  test('the last lines are answered, as many as asked for', async () => {
    const all = v.parse(ServerLogs, await (await get(service, `/servers/${name}/logs`)).json())
    expect(all).toMatchObject({ service_name: name, complete: true })
    expect(all.lines.length).toBeGreaterThan(1)
    const one = await (await get(service, `/servers/${name}/logs?tail=1`)).json()
    expect(one).toMatchObject({ lines: [all.lines.at(-1)] })
    expect((await get(service, `/servers/${name}/logs?tail=1001`)).status).toBe(422)
  })

  test('a log is followed as events, until the caller leaves', async () => {
    const leaving = new AbortController()
    const headers = { authorization, accept: 'text/event-stream' }
    const init = { headers, signal: leaving.signal }
    const response = await service.app.request(`/servers/${name}/logs?tail=2`, init)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body?.getReader()
    const first = new TextDecoder().decode((await reader?.read())?.value)
    expect(first).toMatch(/^event: line\ndata: \{"stream":"std(out|err)","text":".*"\}\n\n$/s)
    leaving.abort()
    await reader?.cancel()
  })

  test('a log that is followed ends with the service, and no more than 16 callers follow', async () => {
    const fresh = createTestService(spawner)
    const data = {
      server: { username: 'joe' },
      config: { ...config, service_image: 'demo/notebook:1' },
    }
    const { service_name } = await ask(fresh, 'start', data)
    const path = `/servers/${service_name}/logs`
    const follow = () => get(fresh, path, { accept: 'text/event-stream' })
    const open = await Promise.all(Array.from({ length: 16 }, follow))
    expect(open.every(({ status }) => status === 200)).toBe(true)
    expect(await problemOf(await follow())).toMatchObject({ status: 503, code: 'busy' })
    fresh.shutdown.abort()
    for (const response of open) expect(await response.text()).toContain('event: end\n')
    expect((await follow()).status).toBe(200)
  })
})

describe('the log of a server with a terminal, which has no frames', () => {
  /** Engines before 23 do not say so in a header. */
  const world = () => {
    const { transport } = createEmbeddedEngine({ speed: 20 })
    return createTestService(
      createSpawner(async (request) => {
        const answer = await transport(request)
        return /\/logs\b/.test(request.path) ? { ...answer, header: () => undefined } : answer
      }),
    )
  }
  const startOf = (image: string) => ({
    server: { username: 'tia' },
    config: { ...config, service_image: image, container_spec: { tty: true } },
  })

  test('it is read and followed', async () => {
    const service = world()
    const { service_name: name } = await ask(service, 'start', startOf('demo/notebook:1'))
    const path = `/servers/${name}/logs?tail=1`
    const read = v.parse(ServerLogs, await (await get(service, path)).json())
    expect(read).toMatchObject({
      lines: [{ stream: 'stdout', text: expect.stringMatching(/^\S/) }],
    })
    const followed = await get(service, path, { accept: 'text/event-stream' })
    const reader = followed.body?.getReader()
    const first = new TextDecoder().decode((await reader?.read())?.value)
    expect(first).toContain(`data: ${JSON.stringify(read.lines[0])}`)
    await reader?.cancel()
  })

  test('it is told with the reason of its end', async () => {
    const failed = await ask(world(), 'start', startOf('demo/crash-at-start:1'))
    expect(failed).toMatchObject({ state: 'failed' })
    expect(failed.log?.length).toBeGreaterThan(0)
  })
})

describe('HEAD', () => {
  const { spawner, calls } = createCountedSpawner({ speed: 20 })

  test('HEAD answers as GET does, without a body, and nothing of it goes on', async () => {
    const service = createTestService(spawner)
    const [name = ''] = await createServers(spawner, [{ hub: 'default', username: 'ann' }])
    const paths = ADMIN_PAGES.map(({ path }) => path.replace(':service_name', name))
    for (const path of [...paths, ...PAGES.map((page) => page.path)])
      for (const accept of ['*/*', 'text/event-stream']) {
        calls.length = 0
        const init = { method: 'HEAD', headers: { authorization, accept } }
        const answers = []
        for (let nth = 0; nth < 20; nth++) answers.push(await service.app.request(path, init))
        expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
          answers.map(() => ({ status: 200, body: null })),
        )
        expect(calls.filter((call) => call.includes('follow=1'))).toEqual([])
      }
    expect(service.logged).toEqual([])
    const follow = await get(service, `/servers/${name}/logs`, { accept: 'text/event-stream' })
    expect(follow.status).toBe(200)
    service.shutdown.abort()
    expect(await follow.text()).toContain('event: end\n')
  })
})

test('texts of an Engine that is hostile stay texts', async () => {
  const fetch = createHostileEngine()
  const hostile = createTestService(
    createSpawner(async ({ path, method, body, headers }) => {
      const init = { method, ...(body !== undefined && { body }), ...(headers && { headers }) }
      const response = await fetch(new Request(`http://hostile${path}`, init))
      return {
        status: response.status,
        header: (named) => response.headers.get(named) ?? undefined,
        body: response.body ?? (async function* () {})(),
      }
    }),
  )
  const server = { username: HOSTILE, server_name: HOSTILE }
  const image = 'scenario/crash-at-start:1'
  const started = await hostile.app.request(
    '/start',
    signed('start', { server, wait_s: 0, config: { ...config, service_image: image } }),
  )
  const { service_name } = v.parse(v.object({ service_name: v.string() }), await started.json())
  for (const path of ['/servers', `/servers/${service_name}`, `/servers/${service_name}/logs`]) {
    const response = await get(hostile, path)
    expect(await response.text()).not.toMatch(UNPRINTABLE)
  }
})
