import * as v from 'valibot'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { findLeftovers } from '../../src/spawner/gc.ts'
import { listServers } from '../../src/spawner/list-servers.ts'
import { serviceName } from '../../src/spawner/server/service-name.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { openEmbeddedWorld } from '../live/embedded-world.ts'
import type { World } from '../live/world.ts'
import { HUB_API_TOKEN, startHubApi } from '../support/hub-api-server.ts'
import { ask, refused, send } from '../support/test-hub.ts'
import { largeService, variables } from './large-servers-suite.ts'

/** A server that alone is more than any answer may be: no Swarm keeps one, but what stands before an Engine may say so. */

// The embedded engine writes its 34 MB in this process.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const MB = 1e6
const mallory = { username: 'mallory', server_name: '' }
const bob = { username: 'bob', server_name: '' }
const config = { networks: ['jupyterhub'], container_spec: { image: 'scenario/notebook:1' } }
const { signal } = new AbortController()
const States = v.object({ servers: v.array(ServerState) })

const short = Array.from({ length: 400_000 }, (_, index) => `V${index}=${'x'.repeat(80)}`)
const labels = Object.fromEntries(variables(34 * MB).map((text, index) => [`other-${index}`, text]))
const spec = largeService(mallory, { env: [] })
const withEnv = (Env: readonly string[]) => ({
  ...spec,
  TaskTemplate: {
    ...spec.TaskTemplate,
    ContainerSpec: { ...spec.TaskTemplate.ContainerSpec, Env },
  },
})
const withLabels = {
  ...spec,
  Labels: { ...labels, ...spec.Labels },
  TaskTemplate: {
    ...spec.TaskTemplate,
    ContainerSpec: {
      ...spec.TaskTemplate.ContainerSpec,
      Labels: { ...labels, ...spec.Labels },
    },
  },
}

describe.each([
  ['few long variables', withEnv(variables(34 * MB))],
  ['many short variables', withEnv(short)],
  ['labels of others', withLabels],
])('a large server with %s', (_, large) => {
  let world: World
  beforeEach(async () => {
    world = await openEmbeddedWorld({ speed: 20 })
    onTestFinished(() => world.close())
    await ask(world.service, 'start', { server: bob, config, wait_s: 30 })
    expect(await world.engine('POST', '/services/create', large)).toMatchObject({ status: 201 })
  })
  const services = async () => {
    const listed = await listServers(world.spawner, 'default', signal)
    return listed.map(({ service_name }) => service_name)
  }

  const largeAndOthers = [{ ...mallory, spawn_id: 'large' }, bob]

  test('a large server is polled, listed, found by gc and stopped as others are', async () => {
    const answer = await send(world.service, 'poll', { servers: largeAndOthers })
    const { servers } = v.parse(States, await answer.json())
    expect(servers).toMatchObject([
      { state: 'starting', spawn_id: 'large', reason: expect.stringContaining('no suitable node') },
      { state: 'running' },
    ])
    expect((await services()).sort()).toEqual([mallory, bob].map(serviceName).sort())
    const hub = await startHubApi({ users: { bob: [''] } })
    const hubApi = { url: hub.url, token: HUB_API_TOKEN, fetch }
    const later = { ...world.spawner, now: () => Date.now() + 3_600_000 }
    const survey = await findLeftovers(later, { hub: 'default', hubApi, olderThanMs: 0, signal })
    expect(survey).toMatchObject({ unread: [], leftovers: [{ username: 'mallory' }] })
    await ask(world.service, 'stop', { server: mallory })
    expect(await services()).toEqual([serviceName(bob)])
  })

  test('a large server is forgotten', async () => {
    const answer = await send(world.service, 'forget', { server: { username: 'mallory' } })
    expect(await answer.json()).toEqual({ removed: [serviceName(mallory)], failed: [] })
  })

  test('a new start of a large server takes its place', async () => {
    const state = await ask(world.service, 'start', { server: mallory, config, wait_s: 30 })
    expect(state).toMatchObject({ state: 'running' })
    expect(state.spawn_id).not.toBe('large')
  })
})

test('a server whose answer has no end is a trouble of its own', async () => {
  const world = await openEmbeddedWorld({ speed: 20 })
  onTestFinished(() => world.close())
  await ask(world.service, 'start', { server: bob, config, wait_s: 30 })
  const { transport } = world.spawner.docker
  const mega = new TextEncoder().encode(' '.repeat(MB))
  async function* endless() {
    for (;;) yield mega
  }
  const name = serviceName(mallory)
  world.spawner.docker.transport = async (request) =>
    decodeURIComponent(request.path).includes(`"${name}.`)
      ? { status: 200, header: () => undefined, body: endless() }
      : transport(request)
  const spawned = { ...mallory, spawn_id: 'large' }
  const answer = await send(world.service, 'poll', { servers: [spawned, bob] })
  const { servers } = v.parse(States, await answer.json())
  expect(servers).toMatchObject([
    {
      state: 'starting',
      status: null,
      spawn_id: 'large',
      reason: expect.stringContaining(`The state of ${name} is not known`),
    },
    { state: 'running', status: null },
  ])
  const problem = await refused(world.service, 'poll', { server: spawned })
  expect(problem).toMatchObject({ status: 502, code: 'engine_answer_too_large' })
  await ask(world.service, 'stop', { server: mallory, now: true })
})
