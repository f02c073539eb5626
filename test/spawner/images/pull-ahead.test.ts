import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { listJobs } from '../../../src/docker/jobs.ts'
import { createService, removeService } from '../../../src/docker/services.ts'
import type { EmbeddedOptions } from '../../../src/embedded/embedded-options.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import {
  listDueImages,
  pullAhead,
  type WantedImage,
} from '../../../src/spawner/images/pull-ahead.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'

const { signal } = new AbortController()
const Version = v.object({ Index: v.number() })
const Nodes = v.array(v.object({ ID: v.string(), Version, Spec: v.looseObject({}) }))

/** A swarm of three nodes, and a count of what the Engine was asked. */
const world = (options: EmbeddedOptions = {}) => {
  let now = Date.parse('2026-11-28T10:00:00Z')
  const engine = createEmbeddedEngine({ nodes: 3, ...options, now: () => now })
  const calls: string[] = []
  const spawner = createSpawner(
    (request) => {
      calls.push(`${request.method} ${request.path.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '')}`)
      return engine.transport(request)
    },
    { now: () => now },
  )
  const pull = (wanted: Partial<WantedImage> = {}) =>
    pullAhead(spawner, { hub: 'default', image: 'lab/notebook:1', ...wanted, signal })
  const due = (hub?: string) => listDueImages(spawner, { hub, signal })
  const jobs = () => listJobs(spawner.docker, { filters: { name: ['swarmspawner-pull-'] } })
  const pass = (ms: number) => {
    now += ms
  }
  return { spawner, calls, pull, due, jobs, pass, engine }
}

const statesOf = ({ nodes }: { nodes: readonly { state: string }[] }) =>
  nodes.map(({ state }) => state)

test('an image is there on every node, one node after the other says so', async () => {
  const { pull, due, pass } = world()
  const first = await pull({ why: 'a course' })
  expect(first).toMatchObject({
    image: 'lab/notebook:1',
    digest: expect.stringMatching(/^sha256:/),
    source: 'command',
    why: 'a course',
    warning: null,
  })
  expect(statesOf(first)).toEqual(['waiting', 'waiting', 'waiting'])
  pass(170)
  expect(statesOf((await due())[0] ?? first)).toEqual(['downloading', 'downloading', 'downloading'])
  pass(2000)
  const [done] = await due()
  expect(statesOf(done ?? first)).toEqual(['there', 'there', 'there'])
  expect(done?.since).toBe(first.since)
})

test('the job runs Docker’s own program with nothing of the image, and the image is named by its digest', async () => {
  const { pull, jobs } = world()
  const { digest } = await pull()
  const [job] = await jobs()
  expect(job?.Spec.TaskTemplate).toMatchObject({
    ContainerSpec: {
      Image: `lab/notebook:1@${digest}`,
      Init: true,
      Command: ['/sbin/docker-init', '--version'],
      Healthcheck: { Test: ['NONE'] },
      User: '65534:65534',
      ReadOnly: true,
      CapabilityDrop: ['ALL'],
    },
  })
  expect(job?.Spec.TaskTemplate).not.toHaveProperty('Networks')
  expect(job?.Spec.TaskTemplate).not.toHaveProperty('Resources.Reservations')
  expect(JSON.stringify(job)).not.toMatch(/Mounts|Env|Secrets/)
})

test('a repeated pull of what is there changes nothing', async () => {
  const { pull, jobs, pass } = world()
  await pull()
  pass(2000)
  const before = await jobs()
  expect(statesOf(await pull())).toEqual(['there', 'there', 'there'])
  expect(await jobs()).toEqual(before)
})

test('a repeated pull of what failed tries again', async () => {
  const { pull, jobs, pass } = world()
  await pull({ image: 'lab/missing:1' })
  pass(2000)
  const again = await pull({ image: 'lab/missing:1' })
  expect(statesOf(again)).toEqual(['waiting', 'waiting', 'waiting'])
  pass(2000)
  expect((await jobs())[0]?.JobStatus?.JobIteration).toEqual({ Index: 1 })
})

test('what failed is told in the Engine’s words', async () => {
  const { pull, due, pass } = world()
  const { warning } = await pull({ image: 'lab/missing:1' })
  expect(warning).toMatch(/the digest of lab\/missing:1/)
  pass(2000)
  const [report] = await due()
  expect(report?.nodes).toHaveLength(3)
  for (const node of report?.nodes ?? [])
    expect(node).toMatchObject({ state: 'failed', reason: 'No such image: lab/missing:1' })
})

test('a node that takes tasks again gets what is due with the next pull', async () => {
  const { pull, spawner, engine, pass } = world()
  const set = async (availability: string) => {
    const answer = await engine.fetch(new Request('http://docker/nodes'))
    const [, , third] = v.parse(Nodes, await answer.json())
    if (!third) throw new Error('no third node')
    const url = `http://docker/nodes/${third.ID}/update?version=${third.Version.Index}`
    const body = JSON.stringify({ ...third.Spec, Availability: availability })
    await engine.fetch(new Request(url, { method: 'POST', body }))
  }
  await set('drain')
  expect(statesOf(await pull())).toHaveLength(2)
  pass(2000)
  await set('active')
  expect(statesOf((await listDueImages(spawner, { signal }))[0] ?? { nodes: [] })).toEqual([
    'there',
    'there',
    'waiting',
  ])
  await pull()
  pass(2000)
  expect(statesOf(await pull())).toEqual(['there', 'there', 'there'])
})

describe('one job stays of each image', () => {
  const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`

  test('a newer digest takes the place of the older one, and keeps the time', async () => {
    const { pull, jobs, pass } = world()
    const first = await pull({ digest: digestOf('a') })
    pass(60_000)
    const second = await pull({ digest: digestOf('b') })
    expect(second).toMatchObject({ digest: digestOf('b'), since: first.since })
    expect((await jobs()).map(({ ID }) => ID)).toEqual([second.service_id])
  })

  test('twenty at once make one job', async () => {
    const { pull, jobs } = world()
    const reports = await Promise.all(Array.from({ length: 20 }, () => pull()))
    expect(new Set(reports.map(({ service_id }) => service_id)).size).toBe(1)
    expect(await jobs()).toHaveLength(1)
  })

  test('a registry that does not answer leaves the digest that is known', async () => {
    const { pull, jobs, spawner, pass } = world()
    const image = 'registry.example/lab/registry-unknown:1'
    await pullAhead(spawner, { hub: 'default', image, digest: digestOf('a'), signal })
    // Longer than digests are kept.
    pass(3_600_000)
    const report = await pull({ image })
    expect(report).toMatchObject({
      digest: digestOf('a'),
      warning: expect.stringMatching(/did not tell the digest/),
    })
    expect(await jobs()).toHaveLength(1)
  })

  test.each([
    ['constraints', { constraints: ['node.role==worker'] }],
    ['platforms', { platforms: [{ OS: 'linux', Architecture: 'amd64' }] }],
    ['hub', { hub: 'other' }],
    ['source', { source: 'hub' }],
  ] as const)('another %s is another job', async (_, wanted) => {
    const { pull, jobs } = world()
    await pull()
    await pull(wanted)
    expect(await jobs()).toHaveLength(2)
  })
})

test('a hub sees only its own', async () => {
  const { pull, due } = world()
  await pull({ hub: 'physics' })
  await pull({ hub: 'biology' })
  expect((await due('physics')).map(({ hub }) => hub)).toEqual(['physics'])
  expect(await due()).toHaveLength(2)
})

test('a service of another with the name is never touched', async () => {
  const { pull, spawner } = world()
  const { job } = await pull()
  await removeService(spawner.docker, { id: job })
  const spec = { Name: job, TaskTemplate: { ContainerSpec: { Image: 'lab/other:1' } } }
  await createService(spawner.docker, { spec })
  await expect(pull()).rejects.toMatchObject({ code: 'name_taken' })
})

test('nodes without the platform of the image are told, and none of them tries', async () => {
  const { pull, pass, due, jobs } = world()
  await pull({ platforms: [{ OS: 'linux', Architecture: 's390x' }] })
  pass(2000)
  expect((await due())[0]?.nodes).toEqual([])
  expect(await jobs()).toHaveLength(1)
})

test('a repeated pull asks the Engine a bounded number of times, whatever the number of nodes', async () => {
  const callsOf = async (nodes: number) => {
    const { pull, calls, pass } = world({ nodes })
    await pull()
    pass(2000)
    calls.length = 0
    await pull()
    return calls
  }
  expect(await callsOf(30)).toEqual(await callsOf(2))
})
