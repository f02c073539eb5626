import * as v from 'valibot'
import { expect, test } from 'vitest'
import { checkProfile } from '../../cli/doctor-profiles.ts'
import { listTasks } from '../../src/docker/tasks.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { Profile } from '../../src/spawner/settings/profile.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ask, createTestService, send } from '../support/test-hub.ts'

/** The profile of docs/gpus.md. */
const profile = {
  slug: 'gpu',
  override: { generic_resources: { gpu: 1 }, placement: ['node.role==worker'] },
}
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
const named = (...ids: string[]) => ({
  genericResources: ids.map((Value) => ({ NamedResourceSpec: { Kind: 'gpu', Value } })),
})

/** A manager without GPUs, and two workers with three of them. */
const openSwarm = () => {
  const asked: string[] = []
  const nodeResources = [{}, named('GPU-1'), named('GPU-2', 'GPU-3')]
  const engine = createEmbeddedEngine({ nodes: 3, speed: 50, nodeResources })
  const transport: EngineTransport = (request) => {
    const path = request.path.replace(/\?.*/, '').replace(/^\/v[\d.]+/, '')
    asked.push(`${request.method} ${path.replace(/[0-9a-f]{64}/, '{id}')}`)
    return engine.transport(request)
  }
  const spawner = createSpawner(transport, { lookPatienceMs: 60_000 })
  const service = createTestService(spawner)
  const start = (username: string, more: object = { profile }) =>
    ask(service, 'start', { server: { username }, config, wait_s: 5, ...more })
  return { asked, spawner, service, start }
}

const Fits = v.object({ fits: v.string() })

test('servers take the GPUs of two nodes, the next one waits, and gets that of one that stops', async () => {
  const { service, start, spawner } = openSwarm()
  expect(await checkProfile(spawner.docker, v.parse(Profile, profile))).toMatchObject({
    level: 'ok',
    message: 'gpu: 1 of 2',
  })
  for (const username of ['ada', 'bob', 'carol'])
    expect((await start(username)).state).toBe('running')
  const tasks = await listTasks(spawner.docker, { filters: {} })
  expect(new Set(tasks.map(({ NodeID }) => NodeID)).size).toBe(2)
  const waiting = await start('dave', { profile, wait_s: 1 })
  expect(waiting).toMatchObject({ state: 'starting', reason: expect.stringMatching(/no suitable/) })
  const told = await send(service, 'explain', { server: { username: 'eve' }, config, profile })
  expect(v.parse(Fits, await told.json()).fits).toBe('later')
  await ask(service, 'stop', { server: { username: 'ada' } })
  await expect
    .poll(async () => (await ask(service, 'poll', { server: { username: 'dave' } })).state)
    .toBe('running')
})

test('a start with a profile makes the same calls of the Engine as one without', async () => {
  const { asked, start } = openSwarm()
  // Afterwards the service has agreed on a version of the API, and knows the network.
  await start('first', {})
  const callsOf = async (username: string, more: object) => {
    asked.length = 0
    await start(username, more)
    // How often a start looks at its tasks and its container is a matter of time.
    const isLook = (call: string) => /^GET .(tasks|containers)/.test(call)
    return [...new Set(asked)].map((call) =>
      isLook(call) ? call : `${asked.filter((one) => one === call).length} ${call}`,
    )
  }
  const without = await callsOf('alice', {})
  const choices = [{ option: 'size', choice: 'l', override: { mem_limit: '1G' } }]
  expect(await callsOf('bob', { profile: { ...profile, choices } })).toEqual(without)
  expect(without).toContain('1 POST /services/create')
})
