import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RealEngine, startEngine } from '../../lab/engine/engine-lab.ts'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { joinSwarm } from '../../lab/engine/join-swarm.ts'
import { layCable } from '../../lab/engine/lay-cable.ts'
import { dockerCli } from '../../lab/hub/docker-cli.ts'
import { containersOf, replaced } from '../../lab/hub/hub-containers.ts'
import { httpVisitor } from './http-visitor.ts'
import type { HubWorld } from './hub-world.ts'

const NODE = 'node-2'
/** One that other nodes could run, and one that only this node can. */
const [MOVES, BOUND] = ['drained-moves', 'drained-bound']
const MESSAGE = 'New <b>disks</b> & "more"'
const AS_TEXT = /New &lt;b&gt;disks&lt;\/b&gt; &amp; (?:"|&#34;|&quot;)more/
const IN_MAINTENANCE = `The computers that could run your server are in maintenance: ${MESSAGE}. Please try again when that is over, or tell your administrator.`
/** A busy machine restarts the service in 20 s. */
const patience = { timeout: 90_000, interval: 500 }

/** What docs/operate.md says of maintenance. The swarm of the hub gets a second node for it, which is removed again. */
export const drainSuite = (
  engine: () => RealEngine,
  world: () => Pick<HubWorld, 'hub' | 'client'>,
): void => {
  let worker: RealEngine
  beforeAll(async () => {
    const { version } = engine()
    const place = { hostname: NODE, address: '192.0.2.11' }
    worker = await startEngine({ version, swarm: false, ...place })
    for (const one of [engine(), worker]) await importBusybox(one, 'lab/student:1')
    await layCable(engine(), worker)
    await joinSwarm(worker, engine(), 'Worker')
  }, 120_000)
  afterAll(() => worker?.stop(), 60_000)

  const docker = (...args: string[]) => world().hub.docker(args)
  /** As docs/operate.md says: in the stack, in the container of the service. */
  const drain = async (...args: string[]) => {
    const [container = ''] = await containersOf(world().hub.docker, world().hub.spawnerServiceName)
    return docker('exec', container, 'node', 'dist/cli.js', 'drain', NODE, ...args)
  }
  const setAvailability = (availability: string) =>
    docker('node', 'update', '--availability', availability, NODE)
  const specOf = async () => {
    const told = await docker('node', 'inspect', '--format', '{{json .Spec}}', NODE)
    return v.parse(NodeSpec, JSON.parse(told))
  }
  /** Whether a user's server runs on the node of hub and service, and not on the one that is drained. */
  const isHere = (user: string) => docker('ps', '-q', '--filter', `volume=${user}`).then(Boolean)
  const start = (user: string) => world().client.start({ user })
  const isRefused = (user: string) =>
    start(user).then(
      () => 'it started',
      (error: Error) => error.message,
    )
  const hasStopped = (user: string) =>
    expect.poll(() => world().client.servers(user), patience).toEqual({})
  const browsers = new Map<string, ReturnType<typeof httpVisitor>>()
  /** Logs a student in whose server runs. A login later would start it. */
  const logIn = async (user: string) => {
    const browser = httpVisitor(world().hub.url)
    await browser.logIn(user, world().hub.password)
    browsers.set(user, browser)
  }
  /** A page of the hub, as the browser of a student gets it, without its scripts. */
  const pageOf = async (user: string, path: string) => {
    const page = await browsers.get(user)?.visit(path)
    return page?.text.replace(/<script[\s\S]*?<\/script>/g, '')
  }
  const restartService = async () => {
    const { hub } = world()
    const before = await containersOf(hub.docker, hub.spawnerServiceName)
    await docker('service', 'update', '--force', '--detach', hub.spawnerServiceName)
    await replaced(hub.docker, hub.spawnerServiceName, before)
  }

  test('a node that is announced takes no new servers, and the users of those that run there are told', async () => {
    for (const user of [MOVES, BOUND]) {
      await start(user)
      expect(await isHere(user)).toBe(false)
      await logIn(user)
    }
    const told = await drain('--at', '2h', '--message', MESSAGE)
    expect(told).toContain(`${NODE} takes no new servers. 2 servers there: stopped at `)
    expect(await specOf()).toMatchObject({ Availability: 'pause' })
    await start('drained-new')
    expect(await isHere('drained-new')).toBe(true)
    // A copy that starts now knows it from the labels, and tells it at once. One that runs looks once a minute.
    await restartService()
    const home = () => pageOf(MOVES, '/hub/home')
    await expect.poll(home, patience).toMatch(AS_TEXT)
    expect(await home()).toMatch(/will be stopped for maintenance at\s+<time datetime="20/)
    expect(await world().hub.logs()).toContain(`its node is stopped for maintenance at 20`)
    for (const user of [MOVES, BOUND]) expect(await world().client.isReady({ user })).toBe(true)
  }, 240_000)

  test('when the time has come, servers are stopped gently, and their pages say why', async () => {
    await drain('--at', '1s', '--message', MESSAGE)
    await restartService()
    for (const user of [MOVES, BOUND]) {
      await hasStopped(user)
      const page = await pageOf(user, `/user/${user}/`)
      expect(page).toContain('Your administrator has stopped this computer for maintenance: ')
      expect(page).toMatch(AS_TEXT)
      const onWorker = dockerCli({ DOCKER_HOST: worker.dockerHost })
      const look = ['run', '--rm', '--network', 'none', '-v', `${user}:/home`, 'lab/student:1']
      expect(await onWorker([...look, 'cat', '/home/work'])).toBe('saved')
    }
    expect(await specOf()).toMatchObject({ Availability: 'drain' })
    const logs = await world().hub.logs()
    expect(logs).toContain(`has ended: Node ${NODE} is in maintenance: ${MESSAGE}`)
  }, 240_000)

  test('the next start runs elsewhere, or says why not', async () => {
    await start(MOVES)
    expect(await isHere(MOVES)).toBe(true)
    expect(await isRefused(BOUND)).toContain(JSON.stringify(IN_MAINTENANCE).slice(1, -1))
  }, 120_000)

  test('--undo gives all back', async () => {
    expect(await drain('--undo')).toContain('its availability is active')
    expect(await specOf()).toEqual({ Availability: 'active', Labels: {} })
    await start(BOUND)
    expect(await isHere(BOUND)).toBe(false)
    expect(await pageOf(BOUND, '/hub/home')).not.toContain('maintenance at')
  }, 120_000)

  test('a node that Docker drains while a student works says so, and so does the next start', async () => {
    await setAvailability('drain')
    await hasStopped(BOUND)
    const page = await pageOf(BOUND, `/user/${BOUND}/`)
    expect(page).toContain('The computer that ran your server is taken out of service.')
    expect(await isRefused(BOUND)).toContain(
      'The computers that could run your server are out of service. Please try again when that is over',
    )
    for (const user of [MOVES, 'drained-new']) await world().client.stop({ user })
  }, 120_000)
}

const NodeSpec = v.object({
  Availability: v.string(),
  Labels: v.record(v.string(), v.string()),
})
