import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { PUSH_TOKENS, pushEvent } from '../support/push-service.ts'
import { ADMIN_TOKEN, problemOf, readEvents, SECRETS, signed } from '../support/test-hub.ts'

// Each built function alone: its one file in an empty directory, an Engine that is reached over TCP, and nothing else.

const built = join(projectRoot, 'dist/functions')
const Handlers = v.object({
  fetch: v.optional(
    v.custom<(request: Request, env?: unknown, context?: unknown) => Promise<Response>>(
      (value) => typeof value === 'function',
    ),
  ),
  scheduled: v.optional(
    v.custom<(event: unknown, env: unknown) => Promise<void>>(
      (value) => typeof value === 'function',
    ),
  ),
})

const load = async (name: string): Promise<v.InferOutput<typeof Handlers>> => {
  const file = join(temporaryDirectory(), `${name}.js`)
  cpSync(join(built, `${name}.js`), file)
  return v.parse(Handlers, (await import(pathToFileURL(file).href)).default)
}

let engine: Awaited<ReturnType<typeof listenEmbedded>>
let env: Record<string, string>
beforeAll(async () => {
  engine = await listenEmbedded(createEmbeddedEngine({ speed: 10 }), 'tcp://127.0.0.1:0')
  env = { DOCKER_HOST: engine.dockerHost, SWARMSPAWNER_SECRET: SECRETS.default }
})
afterAll(() => engine?.close())

/** Calls a function as a hub does, at the address that some platform gave it. */
const call = async (
  name: string,
  data: unknown,
  { headers = {}, ...options }: { type?: string; headers?: object } = {},
): Promise<Response> => {
  const sent = signed(name, data, options)
  const init = { ...sent, headers: { ...sent.headers, ...headers } }
  const { fetch } = await load(name)
  if (!fetch) throw new Error(`${name} has no fetch`)
  return fetch(new Request(`https://functions.example/prod/some/${name}`, init), env)
}

const get = async (name: string, bindings: unknown = env): Promise<Response> => {
  const { fetch } = await load(name)
  if (!fetch) throw new Error(`${name} has no fetch`)
  return fetch(new Request('https://functions.example/'), bindings)
}

const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
const serverOf = (username: string) => ({ server: { username } })

describe('a function that is deployed alone', () => {
  test('each handler is a function that is deployed alone, in one file that brings all it needs', () => {
    const sources = readdirSync(join(projectRoot, 'handlers/functions'))
    const files = readdirSync(built).filter((name) => name.endsWith('.js'))
    expect(files.toSorted()).toEqual(
      [...sources.map((name) => name.replace('.ts', '.js')), 'worker.js'].toSorted(),
    )
  })

  test('functions start, explain, poll, stop and forget what others have started: all memory is in the Swarm', async () => {
    const start = { ...serverOf('alice'), config }
    expect(await (await call('explain', start)).json()).toMatchObject({ would_start: true })
    expect(await (await call('start', start)).json()).toMatchObject({ state: 'running' })
    expect(await (await call('poll', serverOf('alice'))).json()).toMatchObject({ state: 'running' })
    expect(await (await call('stop', serverOf('alice'))).json()).toMatchObject({ state: 'absent' })
    await call('start', { ...serverOf('bob'), config })
    const { removed } = v.parse(
      v.object({ removed: v.array(v.string()) }),
      await (await call('forget', serverOf('bob'))).json(),
    )
    expect(removed).toHaveLength(1)
  })

  test('functions for people and tools take the admin token, and the name of a server from the query', async () => {
    const started = await call('start', { ...serverOf('seen'), config })
    const { service_name } = v.parse(v.object({ service_name: v.string() }), await started.json())
    const people = async (name: string, query: string, token: string) => {
      const { fetch } = await load(name)
      const request = new Request(`https://functions.example/prod/${name}${query}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return fetch?.(request, { ...env, SWARMSPAWNER_ADMIN_TOKEN: ADMIN_TOKEN })
    }
    const named = `?service_name=${service_name}`
    for (const [name, query, words] of [
      ['servers', '?user=seen', service_name],
      ['server', named, service_name],
      ['server-logs', named, service_name],
      ['status', '?user=seen', '<bdi>seen</bdi>'],
    ] as const) {
      const answer = await people(name, query, ADMIN_TOKEN)
      expect(await answer?.text()).toContain(words)
      expect((await people(name, query, 'another-token-of-somebody'))?.status).toBe(401)
    }
  })

  test('a function that is deployed alone streams events', async () => {
    const headers = { accept: 'text/event-stream' }
    const events = await readEvents(
      await call('start', { ...serverOf('eve'), config }, { headers }),
    )
    expect(events.at(-1)?.event).toBe('ready')
  })

  test('a function that is deployed alone says that it is alive, and that the Engine is', async () => {
    expect(await (await get('health')).json()).toEqual({ status: 'ok' })
    expect(await (await get('ready')).json()).toMatchObject({ status: 'ready' })
  })

  test('a function that is deployed alone takes the calls of its own type only, and those of a hub', async () => {
    const wrong = await call('stop', serverOf('alice'), { type: 'spawner.poll' })
    expect((await problemOf(wrong)).code).toBe('wrong_type')
    const unsigned = await call('poll', serverOf('alice'), {
      headers: { 'webhook-signature': 'v1,AAAA' },
    })
    expect((await problemOf(unsigned)).code).toBe('unauthorized')
    expect((await problemOf(await get('stop'))).code).toBe('method_not_allowed')
  })

  test.each([
    [{ SWARMSPAWNER_SECRET: '' }, 'SWARMSPAWNER_SECRET'],
    [{ DOCKER_HOST: 'unix:///var/run/docker.sock' }, 'cannot open a unix socket'],
    [{ DOCKER_HOST: '' }, 'DOCKER_HOST must be'],
    [{ ENGINE: 'http://engine' }, 'ENGINE must be a binding'],
    [
      { SWARMSPAWNER_SECRET_FILE: '/run/secrets/s', SWARMSPAWNER_SECRET: '' },
      'this platform has no files',
    ],
  ])(
    'a function answers a problem if its settings are wrong, and tells its log which: %j',
    async (wrong, words) => {
      const logged = vi.spyOn(console, 'log').mockImplementation(() => {})
      onTestFinished(() => logged.mockRestore())
      const problem = await problemOf(await get('health', { ...env, ...wrong }))
      expect(problem).toMatchObject({ status: 500, code: 'internal' })
      expect(JSON.stringify(problem)).not.toContain(words)
      expect(JSON.stringify(logged.mock.calls)).toContain(words)
    },
  )

  test('a function reads the environment of its process if its platform binds nothing', async () => {
    // ENGINE is a word for much; only a binding of that name is meant.
    for (const [name, value] of Object.entries({ ...env, ENGINE: 'docker' }))
      vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await (await get('ready', undefined)).json()).toMatchObject({ status: 'ready' })
  })

  test('a function that is deployed alone goes on to the next of several managers', async () => {
    const several = { ...env, DOCKER_HOST: `tcp://127.0.0.1:9,${env['DOCKER_HOST']}` }
    expect(await (await get('ready', several)).json()).toMatchObject({ status: 'ready' })
  })

  test('a function collects what is left behind when the clock of its platform says so', async () => {
    const logged = vi.spyOn(console, 'log').mockImplementation(() => {})
    onTestFinished(() => logged.mockRestore())
    const { scheduled } = await load('gc')
    await scheduled?.({}, env)
    expect(logged).not.toHaveBeenCalled()
    await scheduled?.({}, { ...env, SWARMSPAWNER_GC: 'list' })
    expect(JSON.stringify(logged.mock.calls)).toContain('compared_with_hub')
  })

  test('a function that is deployed alone answers a registry at any path, and does not log the token', async () => {
    const logged = vi.spyOn(console, 'log').mockImplementation(() => {})
    onTestFinished(() => logged.mockRestore())
    const { fetch } = await load('image-pushed')
    const settings = {
      ...env,
      SWARMSPAWNER_PUSH_TOKENS: `default=${PUSH_TOKENS.default}`,
      SWARMSPAWNER_POLICY: JSON.stringify({ admin: { images: ['demo/*'] } }),
    }
    const work: Promise<unknown>[] = []
    const context = { waitUntil: (one: Promise<unknown>) => work.push(one) }
    const post = async (path: string) => {
      const body = JSON.stringify({ events: [pushEvent('docker.io/demo/pushed:1')] })
      const request = new Request(`https://functions.example${path}`, { method: 'POST', body })
      return fetch?.(request, settings, context)
    }
    const answer = await post(`/prod/some/${PUSH_TOKENS.default}`)
    expect([answer?.status, await answer?.json()]).toEqual([202, { accepted: 1, ignored: 0 }])
    expect((await post(`/prod/${PUSH_TOKENS.next}`))?.status).toBe(401)
    await Promise.all(work)
    const told = JSON.stringify(logged.mock.calls)
    expect(told).toContain('pulled ahead')
    expect(told).not.toMatch(/the-push-token|the-next-token/)
  })
})
