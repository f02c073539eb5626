import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import type { SwarmFacts } from '../../src/spawner/engine/swarm-facts.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ask, createTestService, send } from '../support/test-hub.ts'

type Volume = { Driver: string; Options: Record<string, string> | null }

const Explained = v.object({ warnings: v.array(v.string()) })

/** A swarm, and the volumes on the node of the Engine that is asked. */
const openWorld = (
  nodes: number,
  volumes: Readonly<Record<string, Volume>> = {},
  answerOf = volumeOf(volumes),
  facts: Partial<SwarmFacts> = {},
) => {
  const engine = createEmbeddedEngine({ nodes, speed: 10 })
  const asked: string[] = []
  const transport = fetchTransport('http://embedded', async (url, init) => {
    const { pathname } = new URL(String(url))
    asked.push(pathname.replace(/^\/v1\.\d+/, ''))
    const name = /\/volumes\/([^/]+)$/.exec(pathname)?.[1]
    if (name === undefined) return engine.fetch(new Request(url, init))
    return answerOf(decodeURIComponent(name))
  })
  const spawner = createSpawner(transport)
  const swarmFacts = { ...spawner.swarmFacts, ...facts }
  const service = createTestService({ ...spawner, swarmFacts })
  const dataOf = (mounts: object[], more: object = {}) => ({
    server: { username: 'alice', server_name: '' },
    config: { container_spec: { image: 'a:1' }, networks: ['jupyterhub'], mounts, ...more },
  })
  return {
    asked,
    warnings: async (mounts: object[], more: object = {}): Promise<string[]> => {
      const answer = await send(service, 'explain', dataOf(mounts, more))
      const { warnings } = v.parse(Explained, await answer.json())
      return warnings.filter((text) => text.startsWith('mounts: '))
    },
    explain: async (config: object, data: object) => {
      const answer = await send(service, 'explain', { ...dataOf([], config), ...data })
      return v.parse(Explained, await answer.json()).warnings
    },
    start: (mounts: object[], data: object = {}, config: object = {}) =>
      ask(service, 'start', { ...dataOf(mounts, config), spawn_id: 'a', issued_at: 1, ...data }),
    logged: () => service.logged.filter(({ level }) => level === 'warn'),
  }
}

const volumeOf =
  (volumes: Readonly<Record<string, Volume>>) =>
  async (Name: string): Promise<Response> => {
    const volume = volumes[Name]
    return volume
      ? Response.json({ Name, ...volume })
      : Response.json({ message: `get ${Name}: no such volume` }, { status: 404 })
  }

const home = { type: 'volume', source: 'home-{username}', target: '/home/jovyan' }
const ofDriver = (name: string, options: object) => ({ ...home, driver_config: { name, options } })
const nfs = ofDriver('local', { type: 'nfs', o: 'addr=10.0.0.1', device: ':/srv' })

describe('a volume that lives on one node', () => {
  test('is warned of with the number of nodes that may run the server', async () => {
    const [warning, ...others] = await openWorld(3).warnings([home, { ...home, target: '/again' }])
    expect(warning).toMatch(/^mounts: the volume home-[0-9a-f]{32} lives on one node, and 3 nodes /)
    expect(others).toEqual([])
  })

  test.each<[string, number, object[], object?]>([
    ['in a swarm of one node', 1, [home]],
    ['where a constraint leaves one node', 3, [home], { placement: ['node.role==manager'] }],
    ['on storage that nodes share', 3, [nfs]],
    ['of another driver', 3, [ofDriver('rexray', {})]],
    ['that is anonymous', 3, [{ type: 'volume', target: '/tmp/x' }]],
    ['that is a directory', 3, [{ type: 'bind', source: '/srv/home', target: '/home' }]],
  ])('is not warned of %s', async (_, nodes, mounts, more) => {
    expect(await openWorld(nodes).warnings(mounts, more)).toEqual([])
  })
})

describe('a volume that exists', () => {
  const mount = { ...nfs, source: 'shared' }
  const options = { type: 'nfs', o: 'addr=10.0.0.1', device: ':/srv' }

  test('with other options is warned of with both', async () => {
    const { warnings } = openWorld(1, { shared: { Driver: 'local', Options: null } })
    expect(await warnings([mount])).toEqual([
      'mounts: the volume shared exists with the driver local and no options, not with the driver local and the options device=:/srv o=addr=10.0.0.1 type=nfs; the existing one is used. Remove it (docker volume rm), or give the volume another name',
    ])
  })

  test('shows no password of its options', async () => {
    const cifs = { type: 'cifs', device: '//nas/x', o: 'username=a,password=hunter2' }
    const { warnings } = openWorld(1, { shared: { Driver: 'local', Options: cifs } })
    const [warning] = await warnings([mount])
    expect(warning).toContain('username=a,password=[redacted]')
    expect(warning).not.toContain('hunter2')
  })

  test.each([
    ['a password with spaces', 'local', { o: 'username=a,password=a hunter2 b,uid=1' }],
    ['a second password', 'local', { o: 'password2=hunter2' }],
    ['a key of another driver', 'rclone', { s3_access_key_id: 'hunter2', anything: 'hunter2' }],
  ])('shows nothing of %s', async (_, driver, secrets) => {
    const { warnings } = openWorld(1, { shared: { Driver: driver, Options: secrets } })
    const [warning] = await warnings([mount])
    expect(warning).toMatch(/^mounts: the volume shared exists with the driver/)
    expect(warning).not.toContain('hunter2')
  })

  test.each([
    ['with the same options', { Driver: 'local', Options: options }, mount],
    [
      'with options, and the mount names none',
      { Driver: 'local', Options: options },
      { ...home, source: 'shared' },
    ],
  ])('is not warned of %s', async (_, volume, one) => {
    expect(await openWorld(1, { shared: volume }).warnings([one])).toEqual([])
  })

  test('on no node of this Engine is not warned of', async () => {
    expect(await openWorld(1).warnings([mount])).toEqual([])
  })
})

describe('a start', () => {
  test('logs its warnings once, though the hub sends it again', async () => {
    const { start, logged } = openWorld(2)
    await start([home], { wait_s: 0 })
    await start([home])
    expect(logged()).toEqual([
      expect.objectContaining({
        level: 'warn',
        message: expect.stringContaining('lives on one node'),
        hub: 'default',
      }),
    ])
  })

  test('does not wait for an answer about its volumes, and logs it when it comes', async () => {
    const { promise, resolve } = Promise.withResolvers<Volume & { Name: string }>()
    const { start, logged } = openWorld(1, {}, volumeOf({}), { volume: () => promise })
    expect((await start([nfs])).state).toBe('running')
    expect(logged()).toEqual([])
    resolve({ Name: 'x', Driver: 'local', Options: null })
    const { message } = await vi.waitUntil(() => logged()[0], { timeout: 30_000 })
    expect(message).toContain('the existing one is used')
  })

  test.each<[string, () => Promise<Response>]>([
    ['refused', async () => Response.json({ message: 'forbidden' }, { status: 403 })],
    ['broken', async () => Response.json({ message: 'no plugin' }, { status: 500 })],
    ['no JSON', async () => new Response('<html>')],
    ['lost', async () => Promise.reject(new TypeError('fetch failed'))],
  ])('is silent about volumes where the answer is %s', async (_, answer) => {
    const { start, logged, asked } = openWorld(1, {}, answer)
    expect((await start([nfs])).state).toBe('running')
    expect(asked.some((path) => path.startsWith('/volumes/'))).toBe(true)
    expect(logged()).toEqual([])
  })

  test('logs what explain warns of in its spec', async () => {
    const { explain, start, logged } = openWorld(1)
    const config = { notebook_dir: '/home/jovyan', networks: [] }
    const told = [
      expect.stringContaining('networks: none'),
      expect.stringContaining('notebook_dir: lies outside of every mount'),
      'user_options: they have no effect, because use_user_options is not set',
    ]
    const options = { user_options: { image: 'b:1' } }
    expect(await explain(config, options)).toEqual(told)
    await start([], options, config)
    expect(logged().map(({ message }) => message)).toEqual(told)
  })

  test('without a named volume asks nothing of this', async () => {
    const { start, asked, logged } = openWorld(2)
    await start([{ type: 'bind', source: '/srv/home', target: '/home' }])
    // The nodes are asked for their names.
    expect(asked.filter((path) => /^\/(?:nodes|volumes)/.test(path))).toEqual(['/nodes'])
    expect(logged()).toEqual([])
  })
})
