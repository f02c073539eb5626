import * as v from 'valibot'
import { beforeEach, expect, test } from 'vitest'
import type { LogEntry } from '../../../handlers/every-call/log.ts'
import { pullDue } from '../../../handlers/pull-due.ts'
import { DockerError } from '../../../src/docker/errors.ts'
import { listJobs } from '../../../src/docker/jobs.ts'
import { listNodes } from '../../../src/docker/nodes.ts'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine, type EmbeddedEngine } from '../../../src/embedded/engine.ts'
import { listDueImages, pullAhead } from '../../../src/spawner/images/pull-ahead.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { createSpawner, type Spawner } from '../../../src/spawner/spawner.ts'

const { signal } = new AbortController()

let now: number
let engine: EmbeddedEngine
let spawner: Spawner
let logged: LogEntry[]
beforeEach(() => {
  now = Date.parse('2026-11-28T10:00:00Z')
  engine = createEmbeddedEngine({ nodes: 3, now: () => now })
  spawner = createSpawner(engine.transport, { now: () => now })
  logged = []
})

const look = (own = spawner, hubs = ['default']) =>
  pullDue({ spawner: own, hubs, log: (entry) => void logged.push(entry), signal })
const pull = (image = 'lab/nb:1', source: 'hub' | 'command' = 'command') =>
  pullAhead(spawner, { hub: 'default', image, source, signal })
const jobs = () => listJobs(spawner.docker, { filters: { name: ['swarmspawner-pull-'] } })
const iterations = async () =>
  (await jobs()).map(({ JobStatus }) => JobStatus?.JobIteration?.Index ?? 0)
const setAvailability = async (index: number, Availability: string) => {
  const node = (await listNodes(spawner.docker))[index]
  const Versioned = v.object({ Version: v.object({ Index: v.number() }) })
  const answer = await engine.fetch(new Request(`http://docker/nodes/${node?.ID}`))
  const version = v.parse(Versioned, await answer.json()).Version.Index
  await engine.fetch(
    new Request(`http://docker/nodes/${node?.ID}/update?version=${version}`, {
      method: 'POST',
      body: JSON.stringify({ ...node?.Spec, Availability }),
    }),
  )
}

test('while nothing is due, a look is one call and no line in the log', async () => {
  const asked: string[] = []
  const transport: EngineTransport = (request) => {
    asked.push(request.path)
    return engine.transport(request)
  }
  const own = createSpawner(transport, { now: () => now })
  await own.docker.apiVersion(signal)
  asked.length = 0
  await look(own)
  expect(asked).toHaveLength(1)
  expect(logged).toEqual([])
})

test('images that are everywhere are left alone', async () => {
  await pull()
  now += 2000
  await look()
  expect(await iterations()).toEqual([0])
  expect(logged).toEqual([
    { level: 'info', message: 'pull', kept: 1, ahead: 0, removed: 0, failed: 0 },
  ])
})

test('a node that takes servers again gets what is due', async () => {
  await setAvailability(2, 'drain')
  await pull()
  now += 2000
  await setAvailability(2, 'active')
  await look()
  expect(logged[0]).toMatchObject({
    message: 'pull: due image',
    outcome: 'ahead',
    image: 'lab/nb:1',
  })
  now += 2000
  const [due] = await listDueImages(spawner, { signal })
  expect(due?.nodes.map(({ state }) => state)).toEqual(['there', 'there', 'there'])
})

test('where a download failed, it is tried again', async () => {
  await pull('lab/missing:1')
  now += 2000
  await look()
  expect(await iterations()).toEqual([1])
})

test('a tag that means another digest is pulled, in the place of the older one', async () => {
  const former = await pullAhead(spawner, {
    hub: 'default',
    image: 'lab/nb:1',
    digest: `sha256:${'a'.repeat(64)}`,
    signal,
  })
  // Longer than digests are kept.
  now += 3_600_000
  await look()
  const [due, ...others] = await listDueImages(spawner, { signal })
  expect(others).toEqual([])
  expect(due?.digest).not.toBe(former.digest)
  expect(due?.since).toBe(former.since)
})

test('what the policy no longer allows is not due any more, except what a person has asked for', async () => {
  await pull('evil/miner:1', 'hub')
  await pull('evil/other:1', 'command')
  const policy = completePolicy({ admin: { images: ['lab/*'] }, user: {}, groups: {} })
  await look(createSpawner(engine.transport, { now: () => now, policy }))
  expect(logged[0]).toMatchObject({ outcome: 'removed', image: 'evil/miner:1' })
  expect((await listDueImages(spawner, { signal })).map(({ image }) => image)).toEqual([
    'evil/other:1',
  ])
})

test('images of hubs that this service does not have are left alone', async () => {
  await pull('lab/missing:1')
  now += 2000
  await look(spawner, ['physics'])
  expect(await iterations()).toEqual([0])
})

test('five copies that look at once do no harm', async () => {
  await pull('lab/missing:1')
  await pull('lab/nb:1')
  now += 2000
  const copies = Array.from({ length: 5 }, () =>
    createSpawner(engine.transport, { now: () => now }),
  )
  await Promise.all(copies.map((copy) => look(copy)))
  expect(logged.filter(({ level }) => level !== 'info')).toEqual([])
  expect(await jobs()).toHaveLength(2)
  now += 2000
  expect(await listDueImages(spawner, { signal })).toHaveLength(2)
})

test('an Engine that cannot be asked is told once, and nothing is thrown', async () => {
  const away: EngineTransport = () =>
    Promise.reject(new DockerError('unreachable', 'nobody listens there'))
  await look(createSpawner(away))
  expect(logged).toMatchObject([
    { level: 'error', message: 'pull failed', code: 'engine_unreachable' },
  ])
})
