import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { SeenVolume } from '../../src/spawner/other-spellings.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ask, createTestService, send } from '../support/test-hub.ts'

const Explained = v.object({ warnings: v.array(v.string()), volumes: v.array(SeenVolume) })
const USER = 'Ünï@x.org'

type Options = Parameters<typeof createSpawner>[1]

/** A swarm whose Engine has these volumes on its node. `asked` has the names that it was asked for. */
const openWorld = (volumes: readonly string[], options?: Options) => {
  const engine = createEmbeddedEngine({ speed: 10 })
  const asked: string[] = []
  const transport = fetchTransport('http://embedded', async (url, init) => {
    const name = /\/volumes\/([^/]+)$/.exec(new URL(String(url)).pathname)?.[1]
    if (name === undefined) return engine.fetch(new Request(url, init))
    const Name = decodeURIComponent(name)
    asked.push(Name)
    return volumes.includes(Name)
      ? Response.json({ Name, Driver: 'local', Options: null })
      : Response.json({ message: `get ${Name}: no such volume` }, { status: 404 })
  })
  const service = createTestService(createSpawner(transport, options))
  const dataOf = (source: string, more: object = {}, server_name = '') => ({
    server: { username: USER, server_name },
    config: {
      container_spec: { image: 'a:1' },
      networks: ['jupyterhub'],
      mounts: [{ type: 'volume', source, target: '/home/jovyan' }],
      ...more,
    },
  })
  const explain = async (...data: Parameters<typeof dataOf>) => {
    const answer = await send(service, 'explain', dataOf(...data))
    return v.parse(Explained, await answer.json())
  }
  return {
    asked,
    explain,
    told: async (...data: Parameters<typeof dataOf>) =>
      (await explain(...data)).warnings.filter((text) => text.includes('another spawner')),
    start: (source: string) =>
      ask(service, 'start', { ...dataOf(source), spawn_id: 'a', issued_at: 1 }),
    logged: () =>
      service.logged.filter(
        ({ level, message }) => level === 'warn' && String(message).includes('another spawner'),
      ),
  }
}

describe('a volume that would be new, and the old one of the same user', () => {
  const HOME = 'jupyterhub-user-{username}'

  test.each([
    [HOME, 'jupyterhub-user--c3-9cn-c3-af-40x-2eorg', '{escaped_username}'],
    [HOME, 'jupyterhub-user-_C3_9Cn_C3_AF_40x_2Eorg', '{legacy_escaped_username}'],
    [HOME, `jupyterhub-user-${USER}`, '{raw_username}'],
    ['home-{escaped_username}', 'home-_C3_9Cn_C3_AF_40x_2Eorg', '{legacy_escaped_username}'],
    [
      'home-{escaped_username}--{server_name}',
      'home--c3-9cn-c3-af-40x-2eorg--',
      '{escaped_server_name}',
    ],
    [
      'home-{username}-{server_name}',
      'home--c3-9cn-c3-af-40x-2eorg-',
      '{escaped_username} and {escaped_server_name}',
    ],
  ])('%j: the old %j is told, and %s names it', async (source, old, words) => {
    const { told, explain } = openWorld([old, 'jupyterhub-user-', 'other'])
    expect(await told(source)).toEqual([
      expect.stringMatching(/^mounts: the volume .* does not exist yet on the node embedded, but /),
    ])
    const [warning] = await told(source)
    expect(warning).toContain(`but ${old} does`)
    expect(warning).toContain(`write ${words} in mounts`)
    expect((await explain(source)).volumes).toEqual([
      expect.objectContaining({
        node: 'embedded',
        exists: false,
        others: [{ name: old, placeholders: words.split(' and ') }],
      }),
    ])
  })

  test('is told by the log of a start, once', async () => {
    const { start, logged } = openWorld(['jupyterhub-user--c3-9cn-c3-af-40x-2eorg'])
    await start(HOME)
    await start(HOME)
    expect(logged()).toHaveLength(1)
  })

  test('is not looked for where the new one exists, or no placeholder names the user', async () => {
    const old = 'jupyterhub-user--c3-9cn-c3-af-40x-2eorg'
    const shared = openWorld([old])
    expect(await shared.told('datasets')).toEqual([])
    expect(shared.asked).toEqual(['datasets'])
    const there = openWorld([old, 'home--c3-9cn-c3-af-40x-2eorg'])
    expect(await there.told('home-{escaped_username}')).toEqual([])
    expect(there.asked).toEqual(['home--c3-9cn-c3-af-40x-2eorg'])
  })

  test('only names of this user and server are looked for', async () => {
    const { told, asked } = openWorld([])
    expect(await told('{username}-{server_name}', {}, 'lab')).toEqual([])
    const hash = asked[0]?.slice(0, 32) ?? ''
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    const names = [hash, USER, '-c3-9cn-c3-af-40x-2eorg', '_C3_9Cn_C3_AF_40x_2Eorg']
    for (const name of asked) expect(names.map((one) => `${one}-lab`)).toContain(name)
  })

  test('a list of many volumes asks of a bounded number', async () => {
    const { explain, asked } = openWorld([])
    const mounts = Array.from({ length: 60 }, (_, index) => ({
      source: `v${index}-{username}`,
      target: `/a${index}`,
    }))
    const { volumes } = await explain('x', { mounts })
    expect(volumes).toHaveLength(20)
    expect(asked.length).toBeLessThanOrEqual(40)
  })
})

describe('what a hub may learn', () => {
  const OLD = ['home--c3-9cn-c3-af-40x-2eorg', `home-${USER}`, 'home-_C3_9Cn_C3_AF_40x_2Eorg']

  test.each([
    [
      'that its policy does not let it mount',
      { admin: { mounts: { volume: ['home-{username}'] } } },
    ],
    ['if the policy refuses its own', { admin: { mounts: { volume: ['none'] } } }],
  ])('no volume is looked for %s', async (_, policy) => {
    const { told, asked } = openWorld(OLD, {
      policy: completePolicy({ user: {}, groups: {}, ...policy }),
    })
    expect(await told('home-{username}')).toEqual([])
    expect(asked.filter((name) => OLD.includes(name))).toEqual([])
  })
})
