import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { runChecks } from '../../../cli/doctor-checks.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { listenEmbedded } from '../../../src/embedded/listen.node.ts'
import { countByHub } from '../../../src/spawner/count-by-hub.ts'
import { listForeignServers } from '../../../src/spawner/foreign-servers.ts'
import { findLeftovers } from '../../../src/spawner/gc.ts'
import { listDueImages, pullAhead } from '../../../src/spawner/images/pull-ahead.ts'
import { listServers } from '../../../src/spawner/list-servers.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { poll } from '../../../src/spawner/poll.ts'
import { createSpawner, type Spawner } from '../../../src/spawner/spawner.ts'
import { temporaryDirectory } from '../../support/listen.ts'
import { startServer } from '../../support/start-server.ts'

// A pull job is a service in the same swarm as the servers. Nothing that looks at servers may take it for one.

const { signal } = new AbortController()
const DAY = 86_400_000

let now: number
let spawner: Spawner
beforeEach(async () => {
  now = Date.parse('2026-11-28T10:00:00Z')
  const engine = createEmbeddedEngine({ speed: 1000, nodes: 2, now: () => now })
  const tick = () => {
    now += 20
    return now
  }
  spawner = createSpawner(engine.transport, {
    now: tick,
    policy: completePolicy({ admin: {}, user: {}, groups: {}, quotas: { hub: { servers: 1 } } }),
  })
  for (const image of ['lab/nb:1', 'lab/missing:1'])
    await pullAhead(spawner, { hub: 'default', image, signal })
  now += 60_000
})

test('ls does not list it, nor count its hub', async () => {
  expect(await listServers(spawner, 'default', signal)).toEqual([])
  expect(await countByHub(spawner, signal)).toEqual([])
})

test('gc takes it neither for a leftover nor for a server of another spawner', async () => {
  now += 30 * DAY
  const options = { hub: 'default', hubApi: undefined, olderThanMs: 0, signal }
  expect(await findLeftovers(spawner, options)).toMatchObject({ services: 0, leftovers: [] })
  expect(await listForeignServers(spawner, signal)).toEqual([])
})

test('a poll of a server of that name finds none', async () => {
  const [due] = await listDueImages(spawner, { signal })
  const [prefix = '', hash = ''] = (due?.job ?? '').split(/-(?=[0-9a-f]{32}$)/)
  expect(prefix).toBe('swarmspawner-pull')
  const servers = [{ username: hash, server_name: '', service_prefix: prefix }]
  expect(await poll(spawner, { hub: 'default', servers, signal })).toMatchObject([
    { state: 'absent' },
  ])
})

test('it reserves nothing, so nodes have as much room as without it', async () => {
  const { ofNode } = await spawner.swarmLook.held()
  for (const { NanoCPUs, MemoryBytes } of ofNode.values())
    expect({ NanoCPUs, MemoryBytes }).toEqual({ NanoCPUs: 0, MemoryBytes: 0 })
})

test('doctor says the same as without it', async () => {
  const other = createEmbeddedEngine({ nodes: 2 })
  const path = join(temporaryDirectory(), 'e.sock')
  const listening = await listenEmbedded(other, `unix://${path}`)
  onTestFinished(listening.close)
  const doctor = async () => {
    const checks: object[] = []
    const wanted = { network: ['jupyterhub'], profiles: [] }
    for await (const check of runChecks({ DOCKER_HOST: listening.dockerHost }, wanted))
      checks.push(check)
    return checks
  }
  const before = await doctor()
  const own = createSpawner(other.transport)
  await pullAhead(own, { hub: 'default', image: 'lab/nb:1', signal })
  expect(await doctor()).toEqual(before)
  expect(before.length).toBeGreaterThan(5)
})

test('a quota does not count it', async () => {
  expect((await startServer(spawner, { username: 'alice' }, false)).state).toBe('starting')
})
