import { join } from 'node:path'
import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { type Gate, openGate } from '../lab/engine/open-gate.ts'
import { pushImage } from '../lab/engine/push-image.ts'
import { hang, passTo } from '../lab/engine/registry-manners.ts'
import { type Registry, startLocalRegistry } from '../lab/engine/start-registry.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner, type Spawner } from '../src/spawner/spawner.ts'
import { start } from '../src/spawner/start.ts'
import { quantile } from './quantile.ts'
import { atMost, type Row } from './row.ts'
import { HUB, IMAGE, NEVER, startRequest, startServer, stopServer } from './start-server.ts'
import { waitUntilIdle } from './wait-until-idle.ts'

const ROUNDS = 9
const AT_ONCE = 100
/** What a start waits for a registry that does not answer. */
const PATIENCE_MS = 2000

type World = { engine: RealEngine; registry: Registry; gate: Gate; image: string }

/** What a registry costs a start: while it answers, is away, or hangs, and when many ask for one tag. */
export const registryStarts = async (engine: RealEngine): Promise<Row[]> => {
  const registry = await startLocalRegistry(join(engine.namespace.scratch, 'bench-registry'))
  const gate = await openGate(engine, passTo(registry.address))
  const image = `${gate.address}/lab/notebook:1`
  try {
    await pushImage(engine, { from: IMAGE, image, auth: registry.auth })
    const world = { engine, registry, gate, image }
    const storm = await askAtOnce(world)
    const away = await compare(world, 'down')
    const hanging = await compare(world, hang)
    const what = 'start of an image that the node has'
    return [
      ratio(1.1, `${what}: its registry is away`, away.times),
      ratio(1.2, `${what}: its registry hangs`, hanging.times),
      ratio(1.2, `${what}: its registry hangs, the first start, against 2 s more`, {
        base: hanging.times.base.map((ms) => ms + PATIENCE_MS),
        other: [hanging.first],
      }),
      storm,
    ]
  } finally {
    await gate.close()
    await registry.stop()
  }
}

/** A spawner of its own, which has to ask for the digest anew at each start: the most that a registry can cost. */
const makeSpawner = ({ engine, registry }: World): Spawner =>
  createSpawner(nodeTransport({ host: engine.dockerHost }), {
    registryAuth: async () => registry.auth,
    digestTtlMs: 1,
  })

type Times = { base: readonly number[]; other: readonly number[] }

/** Starts a known image by turns with its registry and without. */
const compare = async (
  world: World,
  manner: Parameters<Gate['behave']>[0],
): Promise<{ first: number; times: Times }> => {
  const { gate, registry } = world
  const pass = passTo(registry.address)
  const [base, other] = [makeSpawner(world), makeSpawner(world)]
  const time = async (spawner: Spawner, how: typeof manner) => {
    await gate.behave(how)
    return timeStart(spawner, world.image)
  }
  for (const spawner of [base, other]) await time(spawner, pass)
  const first = await time(other, manner)
  const times: { base: number[]; other: number[] } = { base: [], other: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.base.push(await time(base, pass))
    times.other.push(await time(other, manner))
  }
  await gate.behave(pass)
  return { first, times }
}

/** Milliseconds from the call to the running server. */
const timeStart = async (spawner: Spawner, image: string): Promise<number> => {
  const begun = performance.now()
  await startServer(spawner, 'timed', { container_spec: { image }, networks: [] })
  const ms = performance.now() - begun
  await stopServer(spawner, 'timed')
  await waitUntilIdle(spawner)
  return ms
}

/** Starts servers that no node may run, so that only the service asks the registry. */
const askAtOnce = async (world: World): Promise<Row> => {
  const { gate, image } = world
  const spawner = makeSpawner(world)
  gate.seen.length = 0
  const usernames = Array.from({ length: AT_ONCE }, (_, nth) => `at-once-${nth}`)
  const config = { container_spec: { image }, placement: ['node.labels.nobody==1'] }
  await Promise.all(usernames.map((username) => createOnly(spawner, username, config)))
  const asked = gate.seen.filter((line) => line.startsWith('HEAD '))
  for (const username of usernames) await stopServer(spawner, username)
  await waitUntilIdle(spawner)
  return atMost(1, {
    what: `${AT_ONCE} starts of one tag at once: questions to its registry`,
    measured: asked.length,
    unit: 'requests',
    from: asked[0] ?? 'none',
    seen: asked.length,
  })
}

/** Starts a server until its service is there. */
const createOnly = async (spawner: Spawner, username: string, config: object): Promise<void> => {
  const request = startRequest(username, config)
  for await (const _ of start(spawner, { hub: HUB, request, signal: NEVER, enough: NEVER })) return
}

const ratio = (limit: number, what: string, { base, other }: Times): Row => {
  const [ms, baseMs] = [quantile(other, 0.5), quantile(base, 0.5)]
  return atMost(limit, {
    what,
    measured: ms / baseMs,
    unit: 'times',
    from: `${Math.round(ms)} ms / ${Math.round(baseMs)} ms`,
    seen: other.length,
  })
}
