import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHarness } from 'wrangler'
import { listJobs } from '../../src/docker/jobs.ts'
import { listServices } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { pullAhead } from '../../src/spawner/images/pull-ahead.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { HUB_API_TOKEN, startHubApi } from '../support/hub-api-server.ts'
import { startServer } from '../support/start-server.ts'
import { SECRETS } from '../support/test-hub.ts'

// The real workerd, with the project's wrangler.toml; all has happened on its Engine three hours ago.

process.env['WRANGLER_SEND_METRICS'] = 'false'
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'

const HOUR = 3_600_000
const engine = createEmbeddedEngine({ speed: 20, now: () => Date.now() - 3 * HOUR })
const spawner = createSpawner(engine.transport)
const configPath = new URL('../../wrangler.toml', import.meta.url)
let listening: Awaited<ReturnType<typeof listenEmbedded>>
const edges: ReturnType<typeof createTestHarness>[] = []

beforeAll(async () => {
  listening = await listenEmbedded(engine, 'tcp://127.0.0.1:0')
  for (const username of ['alice', 'bob']) await startServer(spawner, { username })
})
afterAll(async () => {
  for (const edge of edges) await edge.close()
  await listening?.close()
})

const services = async () => (await listServices(spawner.docker)).length

/** Triggers the cron of a Worker with some settings. */
const trigger = async (settings: Record<string, string>) => {
  const hub = await startHubApi({ users: { alice: [''] } })
  const vars = {
    DOCKER_HOST: listening.dockerHost,
    SWARMSPAWNER_SECRET: SECRETS.default,
    SWARMSPAWNER_HUB_API: hub.url,
    SWARMSPAWNER_HUB_API_TOKEN: HUB_API_TOKEN,
    ...settings,
  }
  const edge = createTestHarness({ workers: [{ configPath, vars }] })
  edges.push(edge)
  await edge.listen()
  const { outcome } = await edge.getWorker().scheduled({ cron: '17 * * * *' })
  expect(outcome).toBe('ok')
  return { asked: hub.asked, logs: JSON.stringify(edge.getLogs()) }
}

test('on workerd nothing is looked at unless the settings say so', async () => {
  expect((await trigger({})).asked).toEqual([])
  expect(await services()).toBe(2)
}, 60_000)

test('on workerd a leftover of a hub is listed in the log, and removed if the settings say so', async () => {
  expect((await trigger({ SWARMSPAWNER_GC: 'list' })).logs).toContain('bob')
  expect(await services()).toBe(2)
  const { logs } = await trigger({ SWARMSPAWNER_GC: 'remove' })
  expect(logs).toContain('the hub has no user bob any more')
  expect(logs).not.toContain(HUB_API_TOKEN)
  expect(await services()).toBe(1)
}, 60_000)

test('on workerd a node that lacks an image which is due is told to download it, unless SWARMSPAWNER_PULL_EVERY is never', async () => {
  const { signal } = new AbortController()
  await pullAhead(spawner, { hub: 'default', image: 'lab/missing:1', signal })
  await sleep(100)
  const iteration = async () => {
    const [job] = await listJobs(spawner.docker, { filters: { name: ['swarmspawner-pull-'] } })
    return job?.JobStatus?.JobIteration?.Index ?? 0
  }
  await trigger({ SWARMSPAWNER_PULL_EVERY: 'never' })
  expect(await iteration()).toBe(0)
  expect((await trigger({})).logs).toContain('lab/missing:1')
  expect(await iteration()).toBe(1)
}, 60_000)
