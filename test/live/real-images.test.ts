// lane: light (it waits for Swarm)

import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { hang, passTo, withSlowLayers } from '../../lab/engine/registry-manners.ts'
import { listTasks } from '../../src/docker/tasks.ts'
import { PULL_PREFIX } from '../../src/spawner/images/pull-spec.ts'
import { createNodeSpawner } from '../../src/spawner/spawner.node.ts'
import { type ImagesWorld, openImagesWorld, PUSH_TOKEN } from './images-world.ts'
import { pullAheadSuite } from './pull-ahead-suite.ts'

let world: ImagesWorld
let users = 0
const someone = () => ({ username: `user-${users++}`, server_name: '' })
const NODES = ['node-1', 'node-2'] as const
const Services = v.array(
  v.object({
    ID: v.string(),
    Spec: v.object({ Name: v.string(), Labels: v.record(v.string(), v.string()) }),
  }),
)
const Service = v.object({
  Spec: v.object({ TaskTemplate: v.object({ ContainerSpec: v.object({ Image: v.string() }) }) }),
})

beforeAll(async () => {
  world = await openImagesWorld('28.5', {
    // Images of any other repository are not pulled when they are pushed.
    SWARMSPAWNER_POLICY: JSON.stringify({ user: { images: ['127.0.0.1:5000/team/*'] } }),
  })
}, 120_000)
afterAll(() => world?.close())
afterEach(async () => {
  await behave(passTo(world.registry.address))
  for (const { ID, Spec } of await services())
    if (!Spec.Name.startsWith(PULL_PREFIX)) await world.engine('DELETE', `/services/${ID}`)
})

const services = async () => v.parse(Services, await world.engine('GET', '/services'))
/** The digests that are due of an image. */
const due = async (image: string) =>
  (await services())
    .map(({ Spec }) => Spec.Labels)
    .filter((labels) => labels['org.swarmspawner.pull-image'] === image)
    .map((labels) => labels['org.swarmspawner.pull-digest'])
const startOf = (image: string, node: string, more: object = {}) => ({
  server: someone(),
  spawn_id: 'a',
  issued_at: Date.now(),
  wait_s: 60,
  config: {
    container_spec: { image },
    networks: ['jupyterhub'],
    placement: [`node.hostname==${node}`],
    ...more,
  },
})
const messagesOf = ({ events }: { events: readonly { message: string }[] }) =>
  events.map(({ message }) => message)
/** How both gates behave from now on. */
const behave = async (manner: Parameters<ImagesWorld['gates'][0]['behave']>[0]) => {
  for (const gate of world.gates) await gate.behave(manner)
}
/** Questions for the digest of a tag: what a resolved tag begins with, and every download of a tag. */
const questions = () => world.asked().filter((line) => / HEAD .*\/manifests\//.test(line))
const imageOf = async (serviceName: string) => {
  const service = v.parse(Service, await world.engine('GET', `/services/${serviceName}`))
  return service.Spec.TaskTemplate.ContainerSpec.Image
}
/** Starts a server on each node. Both must run, with the digest. */
const startOnEach = async (image: string, digest: string) => {
  for (const node of NODES) {
    const state = await world.ask('start', startOf(image, node))
    expect(state).toMatchObject({ state: 'running', reason: null, task: { node } })
    expect(await imageOf(state.service_name)).toBe(`${image}@${digest}`)
  }
}
const isOnBoth = (image: string, digest: string) => {
  const pinned = `${image.replace(/:[^:/]*$/, '')}@${digest}`
  return Promise.all(world.nodes.map((node) => world.has(node, pinned)))
}

describe('an image that was pushed', () => {
  const pushed = { image: '', digest: '' }

  test('is on both nodes before anybody starts', async () => {
    Object.assign(pushed, await world.push('team/lab:1'))
    const { image, digest } = pushed
    await expect.poll(() => isOnBoth(image, digest), { timeout: 30_000 }).toEqual([true, true])
    expect(JSON.stringify(world.logged)).not.toContain(PUSH_TOKEN)
  })

  test('is started on either node without a request to the registry, by us or by the node', async () => {
    world.forget()
    await startOnEach(pushed.image, pushed.digest)
    expect(world.asked()).toEqual([])
  })

  test('is known to be there by who asks what was downloaded ahead', async () => {
    const { docker, ahead } = createNodeSpawner({ DOCKER_HOST: world.nodes[0].dockerHost })
    for (const node of NODES) {
      const { service_name } = await world.ask('start', startOf(pushed.image, node))
      const tasks = await listTasks(docker, { filters: { name: [`${service_name}.`] } })
      expect(await Promise.all(tasks.map(ahead))).toEqual(['there'])
    }
  })

  test.each([
    ['is stopped', 'down'],
    ['hangs', hang],
  ] as const)('is started while the registry %s, and nobody asks it', async (_, manner) => {
    await behave(manner)
    world.forget()
    await startOnEach(pushed.image, pushed.digest)
    expect(world.asked()).toEqual([])
  })

  test('again under the same tag is what the next start runs', async () => {
    const next = await world.push('team/lab:1', 'second')
    expect(next.digest).not.toBe(pushed.digest)
    const { image, digest } = next
    await expect.poll(() => isOnBoth(image, digest), { timeout: 30_000 }).toEqual([true, true])
    expect(await due(image)).toEqual([digest])
    world.forget()
    await startOnEach(image, digest)
    expect(world.asked()).toEqual([])
  })
})

describe('an image that nobody has pulled ahead', () => {
  test('is asked for once by a hundred starts at once', async () => {
    const { image } = await world.push('other/storm:1')
    world.forget()
    const starts = Array.from({ length: 100 }, () =>
      world.ask('start', { ...startOf(image, 'no-node'), wait_s: 0 }),
    )
    const states = await Promise.all(starts)
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['starting']))
    expect(questions()).toEqual(['node-1 HEAD /v2/other/storm/manifests/1'])
  })

  test('is told to be downloaded, with its node and the length, and how long it took', async () => {
    const { image } = await world.push('other/slow:1')
    await world.gates[1].behave(withSlowLayers(passTo(world.registry.address), 6000))
    const state = await world.ask('start', startOf(image, 'node-2'))
    expect(state).toMatchObject({ state: 'running', task: { node: 'node-2' } })
    const told = messagesOf(state)
    expect(told).toContain(
      'Still preparing on node-2, for 5 seconds now: it downloads the image if it does not have it',
    )
    expect(told.join('\n')).toMatch(/^\w+ on node-2 \(preparing took (?:[6-9]|\d\d) seconds\)$/m)
    expect(told.join('\n')).not.toContain('%')
  })
})

describe('pull_policy', () => {
  test('always asks the registry at each start, so that a new push is seen at once', async () => {
    const always = { pull_policy: 'always' }
    for (const content of ['first', 'second']) {
      const { image, digest } = await world.push('other/always:1', content)
      world.forget()
      const state = await world.ask('start', startOf(image, 'node-1', always))
      expect(state.state).toBe('running')
      expect(await imageOf(state.service_name)).toBe(`${image}@${digest}`)
      expect(questions()).toEqual(['node-1 HEAD /v2/other/always/manifests/1'])
    }
  })

  test('never asks no registry, and runs what the node has', async () => {
    const { image } = await world.push('other/never:1')
    await world.ask('start', startOf(image, 'node-1'))
    world.forget()
    const never = { pull_policy: 'never' }
    const state = await world.ask('start', startOf(image, 'node-1', never))
    expect(state.state).toBe('running')
    const elsewhere = await world.ask('start', startOf(image, 'node-2', never))
    expect(elsewhere).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^No such image: sha256:/),
    })
    expect(world.asked()).toEqual([])
  })

  test('never refuses an image that the manager does not have', async () => {
    const { image } = await world.push('other/unloaded:1')
    world.forget()
    const start = world.ask('start', startOf(image, 'node-2', { pull_policy: 'never' }))
    await expect(start).rejects.toThrow(/422 .*invalid_config.*docker load, docker pull/)
    expect(world.asked()).toEqual([])
  })
})

describe('an image without a registry', () => {
  test.each(['if-not-present', 'never'])('starts without a warning under %s', async (policy) => {
    const [node] = world.nodes
    await importBusybox(node, 'built-here:1', ['sh', '-c', 'sleep 600'])
    const more = { pull_policy: policy }
    const state = await world.ask('start', startOf('built-here:1', 'node-1', more))
    expect(state).toMatchObject({ state: 'running', reason: null })
    expect(messagesOf(state).filter((told) => told.startsWith('image: '))).toEqual([])
  })
})

pullAheadSuite(() => world)
