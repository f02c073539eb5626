import { spawn } from 'node:child_process'
import { join } from 'node:path'
import * as v from 'valibot'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { listServices } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { HUB_API_TOKEN, type HubApiServer, startHubApi } from '../support/hub-api-server.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { startServer } from '../support/start-server.ts'

const program = join(import.meta.dirname, '../../dist/cli.js')
const HOUR = 3_600_000

let spawner: Spawner
let hub: HubApiServer
let env: Record<string, string>
/** Whether the Engine refuses to remove a service. */
let isRefusing: boolean
/** An Engine on which all has happened three hours ago: alice's server runs, bob's has died. */
beforeEach(async () => {
  const directory = temporaryDirectory()
  let aheadMs = 0
  const now = () => Date.now() - 3 * HOUR - 60_000 + aheadMs
  const engine = createEmbeddedEngine({ speed: 4, now })
  isRefusing = false
  const fetch = (request: Request) =>
    isRefusing && request.method === 'DELETE'
      ? Response.json({ message: 'not now' }, { status: 500 })
      : engine.fetch(request)
  const path = join(directory, 'e.sock')
  const listening = await listenEmbedded({ ...engine, fetch }, `unix://${path}`)
  onTestFinished(listening.close)
  spawner = createSpawner(engine.transport)
  await startServer(spawner, { username: 'alice' })
  await startServer(spawner, { username: 'alice', server_name: 'lab' })
  await startServer(spawner, { username: 'bob', image: 'demo/dies-later:1' })
  await startServer(spawner, { username: 'bob', hub: 'other', service_prefix: 'other' })
  // Bob's server dies between two moments, and not while somebody looks at its start.
  aheadMs = 10_000
  hub = await startHubApi({ users: { alice: [''], bob: [''] } })
  env = { DOCKER_HOST: listening.dockerHost, HOME: directory }
})

const withHub = () => ({
  SWARMSPAWNER_HUB_API: hub.url,
  SWARMSPAWNER_HUB_API_TOKEN: HUB_API_TOKEN,
})

/** Runs the built program; it never writes a token. */
const gc = (args: string[], more: Record<string, string> = {}) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'gc', ...args], { env: { ...env, ...more } })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      expect(out + err).not.toContain(HUB_API_TOKEN)
      resolve({ code, out, err })
    })
  })

const services = async () => (await listServices(spawner.docker)).length
const Found = v.object({
  hub: v.string(),
  services: v.number(),
  compared_with_hub: v.boolean(),
  leftovers: v.array(v.object({ username: v.string(), why: v.string(), outcome: v.string() })),
})
const found = ({ out }: { out: string }) => v.parse(Found, JSON.parse(out))

describe('swarmspawner gc', () => {
  test('gc lists what the hub does not have, why, and what --yes would do; it changes nothing', async () => {
    const { code, out } = await gc([], withHub())
    expect(code).toBe(0)
    expect(out).toMatch(/^USER +SERVER +SINCE +SERVICE +OUTCOME +WHY$/m)
    expect(out).toMatch(/^alice +lab +\S+ +\S+-lab +listed +alice has no server "lab" any more$/m)
    expect(out).toMatch(/^With --yes, 1 service\(s\) would be removed\.$/m)
    expect(out).not.toContain('bob')
    expect(await services()).toBe(4)
  })

  test('gc removes leftovers with --yes, and finds nothing afterwards', async () => {
    const removed = await gc(['--yes'], withHub())
    expect(removed.code).toBe(0)
    expect(removed.out).toMatch(/^alice +lab .* removed +alice has no server "lab" any more$/m)
    expect(removed.out).not.toContain('With --yes')
    expect(await services()).toBe(3)
    const again = await gc(['--yes'], withHub())
    expect(again.out).toBe('The hub "default" has left nothing behind. Services checked: 2.\n')
  })

  test('gc without a token looks only at what has ended, and says how to give a token', async () => {
    const { code, out } = await gc([])
    expect(code).toBe(0)
    expect(out).toContain('set SWARMSPAWNER_HUB_API and SWARMSPAWNER_HUB_API_TOKEN')
    expect(out).toMatch(/^bob .* ended 3 hours ago: task: non-zero exit \(1\)$/m)
    expect(out).not.toContain('alice')
    expect((await gc(['--older-than', '4h'])).out).toContain('left nothing behind')
    expect((await gc([], { SWARMSPAWNER_GC_OLDER_THAN: '4h' })).out).toContain('nothing behind')
  })

  test('gc prints JSON', async () => {
    const compared = found(await gc(['--json'], withHub()))
    expect(compared).toMatchObject({ hub: 'default', services: 3, compared_with_hub: true })
    expect(compared.leftovers).toMatchObject([{ username: 'alice', outcome: 'listed' }])
    const removed = found(await gc(['--json', '--yes']))
    expect(removed).toMatchObject({ compared_with_hub: false })
    expect(removed.leftovers).toMatchObject([{ username: 'bob', outcome: 'removed' }])
  })

  test("gc --hub takes addresses without a name as that hub's, unless a service says whose they are", async () => {
    const named = await gc(['--hub', 'other'], withHub())
    expect(named.out).not.toContain('No hub was asked')
    const secret = { SWARMSPAWNER_SECRET: 'whsec_any' }
    const ofService = await gc(['--hub', 'other'], { ...withHub(), ...secret })
    expect(ofService.out).toContain('are for default: add other=... to both')
    const list = {
      SWARMSPAWNER_HUB_API: `other=${hub.url}`,
      SWARMSPAWNER_HUB_API_TOKEN: `other=${HUB_API_TOKEN}`,
    }
    expect((await gc(['--hub', 'other'], { ...list, ...secret })).out).not.toContain('No hub was')
  })

  test('gc looks at the hub that is named, by option or environment', async () => {
    expect(found(await gc(['--json', '--hub', 'other']))).toMatchObject({ services: 1 })
    const named = await gc(['--json'], { SWARMSPAWNER_HUB: 'other' })
    expect(found(named)).toMatchObject({ hub: 'other', services: 1 })
    const lists = {
      SWARMSPAWNER_HUB_API: `default=http://127.0.0.1:1,other=${hub.url}`,
      SWARMSPAWNER_HUB_API_TOKEN: `default=x,other=${HUB_API_TOKEN}`,
    }
    const other = found(await gc(['--json', '--hub', 'other'], lists))
    expect(other).toMatchObject({ compared_with_hub: true, leftovers: [] })
  })

  test('gc removes nothing if the hub knows nobody, and exits with 1', async () => {
    hub.users = {}
    const { code, out } = await gc(['--yes'], withHub())
    expect(code).toBe(1)
    expect(out).toContain(
      'Nothing is removed, because the hub that was asked knows none of the users',
    )
    expect((await gc([], withHub())).code).toBe(0)
    expect(await services()).toBe(4)
  })

  test('gc exits with 1 if the Engine does not remove a service, and says why', async () => {
    isRefusing = true
    const { code, out } = await gc(['--yes'], withHub())
    expect(code).toBe(1)
    expect(out).toMatch(/^alice +lab .* failed +alice has no server "lab" any more; .*not now$/m)
    expect(await services()).toBe(4)
  })

  test('gc exits with 3 if the hub or the Engine cannot be asked, and removes nothing', async () => {
    const api = 'http://127.0.0.1:2/hub/api'
    const away = await gc(['--yes'], { ...withHub(), SWARMSPAWNER_HUB_API: api })
    expect(away.code).toBe(3)
    expect(away.err).toContain('the hub cannot be reached (ECONNREFUSED)')
    const none = await gc(['--yes'], { DOCKER_HOST: 'unix:///none.sock' })
    expect(none.code).toBe(3)
    expect(await services()).toBe(4)
  })

  test('gc exits with 2 if the token does not show everything, or a setting is wrong', async () => {
    hub.scopes = ['list:users']
    const { code, err } = await gc(['--yes'], withHub())
    expect(code).toBe(2)
    expect(err).toContain('the token lacks read:servers')
    expect((await gc(['--older-than', 'soon'])).code).toBe(2)
    expect((await gc([], { SWARMSPAWNER_HUB_API: hub.url })).code).toBe(2)
    expect(await services()).toBe(4)
  })
})
