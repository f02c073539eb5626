import { expect, test } from 'vitest'
import complete from '../../../fixtures/28.5/task-list.job-complete.200.json' with { type: 'json' }
import { connectDocker } from '../../../src/docker/docker.ts'
import type { Task } from '../../../src/docker/tasks.ts'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createAhead } from '../../../src/spawner/images/ahead.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const [recorded] = complete.response.json

/** The recorded task of a pull job, for an image and in a state. */
const pullOf = (Image: string, State = 'complete') => ({
  ...recorded,
  Spec: { ...recorded?.Spec, ContainerSpec: { ...recorded?.Spec.ContainerSpec, Image } },
  Status: { ...recorded?.Status, State },
})
const serverOn = (NodeID: string, Image: string): Task => ({
  ID: 'task',
  CreatedAt: '2026-11-28T10:00:00Z',
  NodeID,
  DesiredState: 'running',
  Spec: { ContainerSpec: { Image } },
  Status: { Timestamp: '2026-11-28T10:00:00Z', State: 'preparing' },
})

/** Answers the question for tasks, and counts it. All other questions go to the embedded engine. */
const engineWith = (pulls: readonly object[], status = 200) => {
  const asked: string[] = []
  const { transport: embedded } = createEmbeddedEngine()
  const transport: EngineTransport = async (request) => {
    const url = new URL(request.path, 'http://engine')
    if (!url.pathname.endsWith('/tasks')) return embedded(request)
    asked.push(url.searchParams.get('filters') ?? '')
    const body = new TextEncoder().encode(
      JSON.stringify(status === 200 ? pulls : { message: 'no' }),
    )
    const stream = (async function* () {
      yield body
    })()
    return { status, header: () => 'application/json', body: stream }
  }
  const clock = { now: 1_000_000 }
  return { asked, clock, ahead: createAhead(connectDocker(transport), () => clock.now) }
}

const server = serverOn('node-a', `registry.example/lab:1@${DIGEST}`)

test.each([
  ['there', 'complete'],
  ['there', 'starting'],
  // Its image was there, and only its program failed.
  ['there', 'failed'],
  ['downloading', 'preparing'],
  [undefined, 'rejected'],
  [undefined, 'pending'],
])('a digest is %s on a node where its pull job is %s', async (said, state) => {
  const { ahead } = engineWith([pullOf(`registry.example/other:2@${DIGEST}`, state)])
  expect(await ahead(server)).toBe(said)
})

test('a job that ran again after a failure counts by what it has now', async () => {
  const image = `registry.example/lab:1@${DIGEST}`
  const { ahead } = engineWith([pullOf(image, 'rejected'), pullOf(image, 'complete')])
  expect(await ahead(server)).toBe('there')
})

test.each([
  ['another digest', pullOf(`registry.example/lab:1@sha256:${'b'.repeat(64)}`)],
  ['a tag', pullOf('registry.example/lab:1')],
])('a job for %s says nothing', async (_, pull) => {
  expect(await engineWith([pull]).ahead(server)).toBeUndefined()
})

test('the Engine is asked once for all servers of a node, and only about pull jobs there', async () => {
  const { ahead, asked, clock } = engineWith([])
  await Promise.all(Array.from({ length: 20 }, () => ahead(server)))
  await ahead(serverOn('node-b', `lab:1@${DIGEST}`))
  expect(asked.map((filters) => JSON.parse(filters))).toEqual(
    ['node-a', 'node-b'].map((node) => ({ name: ['swarmspawner-pull-'], node: [node] })),
  )
  clock.now += 60_000
  await ahead(server)
  expect(asked).toHaveLength(3)
})

test('nobody is asked for a tag, or before there is a node', async () => {
  const { ahead, asked } = engineWith([])
  expect(await ahead(serverOn('node-a', 'lab:1'))).toBeUndefined()
  expect(await ahead(serverOn('', `lab:1@${DIGEST}`))).toBeUndefined()
  expect(asked).toEqual([])
})

test('an Engine that refuses the question hides only what was downloaded ahead', async () => {
  expect(await engineWith([], 500).ahead(server)).toBeUndefined()
})
