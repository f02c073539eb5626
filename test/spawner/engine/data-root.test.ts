import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { collect } from '../../support/collect.ts'
import { ask, createTestService, refused, send } from '../../support/test-hub.ts'

const bound = (source: string) => [{ type: 'bind', source, target: '/x' }]
const byOptions = (device: string) => [
  { source: 'v', target: '/x', driver_config: { options: { type: 'none', o: 'bind', device } } },
]

/** An Engine that has its data elsewhere, how often it was asked for that, and a service before it. */
const open = ({ root = '/data/docker', policy = {}, failures = 0 } = {}) => {
  const { transport } = createEmbeddedEngine({ speed: 20 })
  const world = { asked: 0, failures, root, now: Date.now() }
  const elsewhere: EngineTransport = async (request) => {
    const answer = await transport(request)
    if (!request.path.endsWith('/info')) return answer
    world.asked++
    if (world.failures-- > 0) return { ...answer, status: 503, ...bodyOf({ message: 'no leader' }) }
    const json: object = JSON.parse(await textOf(answer.body))
    return { ...answer, ...bodyOf({ ...json, DockerRootDir: world.root }) }
  }
  const spawner = createSpawner(elsewhere, {
    policy: completePolicy(v.parse(PolicyFile, policy)),
    now: () => world.now,
  })
  return { world, service: createTestService(spawner) }
}

const bodyOf = (json: unknown) => {
  const text = JSON.stringify(json)
  return { body: chunksOf(text), text: async () => text }
}
async function* chunksOf(text: string) {
  yield new TextEncoder().encode(text)
}
const textOf = async (body: AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(await collect(body)).toString()

let count = 0
const startWith = (mounts: unknown) => ({
  server: { username: 'alice', server_name: `s${count++}` },
  config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'], mounts },
})

describe("the Engine's own data", () => {
  const everything = { admin: { mounts: { bind: ['/', '/data', '/data/docker', '*'] } } }
  test.each([
    ['/data', {}],
    ['/data/docker', {}],
    ['/data/docker/volumes/v/_data', {}],
    ['/data/./docker/', {}],
    ['//data', {}],
    ['/', everything],
    ['/data', everything],
    ['/data/docker', everything],
    ['/data/docker/swarm', everything],
    ['/var/lib/docker', everything],
  ])(
    "the path %s to the Engine's own data cannot be mounted, with the policy %j",
    async (path, policy) => {
      const { service } = open({ policy })
      for (const mounts of [bound(path), byOptions(path)]) {
        const { code, issues } = await refused(service, 'start', startWith(mounts))
        expect(code).toBe('not_allowed')
        expect(issues[0]).toMatchObject({
          path: 'mounts.0',
          message: expect.stringMatching(/DockerRootDir in docker info.*no policy allows it$/),
        })
      }
    },
  )

  test("a directory beside the Engine's own data can be mounted", async () => {
    const { service } = open()
    for (const path of ['/data/homes', '/data/docker2', '/srv/docker'])
      for (const mounts of [bound(path), byOptions(path)]) {
        const answer = await send(service, 'explain', startWith(mounts))
        expect(await answer.json()).toMatchObject({ would_start: true })
      }
  })

  test("explain, too, tells that the Engine's own data cannot be mounted", async () => {
    const { service } = open()
    const answer = await send(service, 'explain', startWith(bound('/data')))
    expect(await answer.json()).toMatchObject({ would_start: false })
  })
})

describe('the Engine', () => {
  test('the Engine is not asked for its own data for a server that mounts no path of a node', async () => {
    const { service, world } = open()
    const mounts = ['v:/v', '/scratch', { type: 'tmpfs', target: '/t' }]
    await ask(service, 'start', startWith(mounts))
    await ask(service, 'start', startWith(undefined))
    expect(world.asked).toBe(0)
  })

  test('the Engine is asked for its own data once a minute, and once by starts at the same moment', async () => {
    const { service, world } = open()
    const starts = ['/srv', '/mnt', '/data/x'].map((path) => startWith(bound(path)))
    await Promise.all(starts.map((data) => ask(service, 'start', data)))
    await ask(service, 'start', startWith(byOptions('/srv')))
    expect(world.asked).toBe(1)
    // Another manager, or the same one after its data was moved.
    world.root = '/mnt/docker'
    world.now += 61_000
    const later = { now: world.now }
    expect(await refused(service, 'start', startWith(bound('/mnt')), later)).toMatchObject({
      code: 'not_allowed',
    })
    expect(world.asked).toBe(2)
  })

  test('an Engine that does not tell its own data is no reason to mount; the next start asks again', async () => {
    const { service, world } = open({ failures: 3 })
    const problem = await refused(service, 'start', startWith(bound('/srv')))
    expect(problem).toMatchObject({ retryable: true })
    world.failures = 0
    expect(await ask(service, 'start', startWith(bound('/srv')))).toMatchObject({
      state: 'running',
    })
  })
})
