import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ask, createTestService, send } from '../support/test-hub.ts'

type Volume = { Driver: string; Options: Record<string, string> | null }

const Explained = v.object({ warnings: v.array(v.string()) })

/** A swarm, and the volumes on the node of the Engine that is asked. */
const openWorld = (nodes: number, volumes: Readonly<Record<string, Volume>> = {}) => {
  const engine = createEmbeddedEngine({ nodes, speed: 10 })
  const asked: string[] = []
  const transport = fetchTransport('http://embedded', async (url, init) => {
    const { pathname } = new URL(String(url))
    asked.push(pathname.replace(/^\/v1\.\d+/, ''))
    const name = /\/volumes\/([^/]+)$/.exec(pathname)?.[1]
    if (name === undefined) return engine.fetch(new Request(url, init))
    const volume = volumes[decodeURIComponent(name)]
    return volume
      ? Response.json({ Name: name, ...volume })
      : Response.json({ message: `get ${name}: no such volume` }, { status: 404 })
  })
  const service = createTestService(createSpawner(transport))
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
    start: (mounts: object[], data: object = {}) =>
      ask(service, 'start', { ...dataOf(mounts), spawn_id: 'a', issued_at: 1, ...data }),
    logged: () => service.logged.filter(({ level }) => level === 'warn'),
  }
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

  test('without a named volume asks nothing of this', async () => {
    const { start, asked, logged } = openWorld(2)
    await start([{ type: 'bind', source: '/srv/home', target: '/home' }])
    // The nodes are asked for their names.
    expect(asked.filter((path) => /^\/(?:nodes|volumes)/.test(path))).toEqual(['/nodes'])
    expect(logged()).toEqual([])
  })
})
