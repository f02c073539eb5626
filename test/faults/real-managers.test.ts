// lane: light (it waits for elections)
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { askEngine, callEngine } from '../../lab/engine/call-engine.ts'
import { createOverlayNetwork } from '../../lab/engine/create-overlay-network.ts'
import type { EngineVersion, RealEngine } from '../../lab/engine/engine-lab.ts'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { type RealSwarm, startSwarm } from '../../lab/engine/start-swarm.ts'
import { failover } from '../../src/docker/failover.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ask, createTestService, problemOf, send, type TestService } from '../support/test-hub.ts'
import { fault, timed } from './fault-row.ts'
import { both, inWords, leftInWords } from './in-words.ts'

const SECTION = 'Several managers'
const NO_LEADER = '503 engine_no_leader, retryable'

const Services = v.array(v.object({ ID: v.string() }))
const Nodes = v.array(
  v.object({
    Status: v.object({ State: v.string() }),
    ManagerStatus: v.optional(
      v.object({
        Leader: v.optional(v.boolean(), false),
        Reachability: v.string(),
        Addr: v.string(),
      }),
    ),
  }),
)

let swarm: RealSwarm
let users = 0
const someone = () => ({ username: `user-${users++}` })

/** Servers run on the one worker, so that a manager can go without taking one along. */
const config = {
  container_spec: { image: 'scenario/notebook:1' },
  networks: ['jupyterhub'],
  placement: ['node.role==worker'],
}
/** A server that takes its time: Swarm says `running` once it is healthy. */
const slow = (seconds: number) => ({
  ...config,
  container_spec: {
    image: 'scenario/notebook:1',
    args: ['sh', '-c', `sleep ${seconds}; touch /tmp/up; exec httpd -f -p 8888`],
  },
  healthcheck: { test: 'test -f /tmp/up', interval: '1s', retries: 600 },
})

const open = async (managers: readonly EngineVersion[], worker: EngineVersion) => {
  swarm = await startSwarm({ managers, workers: [worker] })
  for (const engine of swarm.workers) await importBusybox(engine, 'scenario/notebook:1')
  const [first] = swarm.managers
  if (first) await createOverlayNetwork(first, 'jupyterhub')
}

/** A service whose DOCKER_HOST names these Engines, in this order. */
const serviceOf = (first: RealEngine, ...others: RealEngine[]): TestService => {
  const at = ({ dockerHost }: RealEngine) => nodeTransport({ host: dockerHost })
  return createTestService(createSpawner(failover([at(first), ...others.map(at)])))
}

const get = async <S extends v.GenericSchema>(engine: RealEngine, path: string, schema: S) =>
  v.parse(schema, await askEngine(engine.socketPath, { method: 'GET', path }))
const servers = (engine: RealEngine) => get(engine, '/services', Services)
const pollOf = (service: TestService, server: object) => inWords(send(service, 'poll', { server }))

/** The managers with the leader first, once all nodes are well. */
const lineUp = async (): Promise<[leader: RealEngine, one: RealEngine, other: RealEngine]> => {
  const [any] = swarm.managers
  if (!any) throw new Error('no manager')
  await expect.poll(() => troubles(any).catch(String), { timeout: 90_000 }).toEqual([])
  const nodes = await get(any, '/nodes', Nodes)
  const at = nodes.find(({ ManagerStatus }) => ManagerStatus?.Leader)?.ManagerStatus?.Addr
  const isLeader = ({ address }: RealEngine) => at === `${address}:2377`
  const [one, other] = swarm.managers.filter((engine) => !isLeader(engine))
  const leader = swarm.managers.find(isLeader)
  if (!leader || !one || !other) throw new Error(`no leader among ${at}`)
  return [leader, one, other]
}

/** Which nodes are not ready, and which managers can't say so. */
const troubles = async (any: RealEngine) => {
  for (const engine of swarm.managers) await get(engine, '/nodes', Nodes)
  const nodes = await get(any, '/nodes', Nodes)
  return nodes.filter(
    ({ Status, ManagerStatus }) =>
      Status.State !== 'ready' || (ManagerStatus?.Reachability ?? 'reachable') !== 'reachable',
  )
}

const removeAll = async (engine: RealEngine) => {
  for (const { ID } of await servers(engine))
    await callEngine(engine.socketPath, { method: 'DELETE', path: `/services/${ID}` })
}

/** Starts a server that is up when this returns. */
const started = async (service: TestService) => {
  const server = someone()
  expect(await inWords(send(service, 'start', { server, config, wait_s: 60 }))).toBe('running')
  return server
}

/** Begins a start, and hands it over once its container is on its way. */
const beginStart = async (service: TestService, engine: RealEngine) => {
  const server = someone()
  const data = { server, config: slow(4), wait_s: 120, start_timeout: 120 }
  const waiting = inWords(send(service, 'start', data))
  const taskState = async () => (await ask(service, 'poll', { server })).task?.state
  await expect.poll(taskState, { timeout: 20_000 }).toBe('starting')
  return { waiting, before: await servers(engine) }
}

/** Kills engines while something is done, and starts them again, whatever came of it. */
const without = async <T>(killed: readonly RealEngine[], run: () => Promise<T>): Promise<T> => {
  for (const engine of killed) await engine.kill()
  try {
    return await run()
  } finally {
    await Promise.all(killed.map((engine) => engine.restart()))
  }
}

const pollAndStart = (service: TestService, running: object, data: object) =>
  timed(() => Promise.all([pollOf(service, running), inWords(send(service, 'start', data))]))

/** Starts as the hub's class does: once more, if nobody knows whether the leader that is cut off has created the service. */
const startAsHub = async (service: TestService, data: object) => {
  const answer = await inWords(send(service, 'start', data))
  return answer === '504 engine_timeout, retryable' ? inWords(send(service, 'start', data)) : answer
}

describe('three managers and a worker of Engine 28.5', () => {
  beforeAll(() => open(['28.5', '28.5', '28.5'], '28.5'), 120_000)
  afterAll(() => swarm?.stop())
  afterEach(async () => {
    const [leader] = await lineUp()
    await removeAll(leader)
  }, 120_000)

  fault(SECTION, 'a worker is asked', { withinS: 5 }, async () => {
    const [leader] = await lineUp()
    const [worker] = swarm.workers
    if (!worker) throw new Error('no worker')
    const service = serviceOf(worker)
    const data = { server: someone(), config }
    const { value: answers, seconds } = await pollAndStart(service, someone(), data)
    expect(answers).toEqual(Array(2).fill('503 engine_not_a_manager, retryable'))
    const ready = await problemOf(await service.app.request('/ready'))
    expect(ready).toMatchObject({ code: 'engine_not_a_manager' })
    return { answer: both(answers), seconds, left: leftInWords(await servers(leader)) }
  })

  fault(SECTION, 'a worker stands first in DOCKER_HOST', { withinS: 20 }, async () => {
    const [leader] = await lineUp()
    const [worker] = swarm.workers
    if (!worker) throw new Error('no worker')
    expect((await serviceOf(worker, leader).app.request('/ready')).status).toBe(200)
    const data = { server: someone(), config, wait_s: 60 }
    const start = send(serviceOf(worker, leader), 'start', data)
    const { value: answer, seconds } = await timed(() => inWords(start))
    expect(answer).toBe('running')
    return { answer, seconds, left: leftInWords(await servers(leader)) }
  })

  fault(SECTION, 'the manager in use hangs while a start waits', { withinS: 30 }, async () => {
    const [leader, one, other] = await lineUp()
    const { waiting, before } = await beginStart(serviceOf(one, other, leader), leader)
    await one.freeze()
    const { value: answer, seconds } = await timed(() => waiting).finally(() => one.thaw())
    expect(answer).toBe('running')
    expect((await servers(leader)).map(({ ID }) => ID)).toEqual(before.map(({ ID }) => ID))
    return { answer, seconds, left: leftInWords(await servers(leader)) }
  })

  fault(SECTION, 'the leader, in use, is killed while a start waits', { withinS: 60 }, async () => {
    const [leader, one, other] = await lineUp()
    const { waiting, before } = await beginStart(serviceOf(leader, one, other), leader)
    const { value: answer, seconds } = await without([leader], () => timed(() => waiting))
    expect(answer).toBe('running')
    expect((await servers(one)).map(({ ID }) => ID)).toEqual(before.map(({ ID }) => ID))
    return { answer, seconds, left: leftInWords(await servers(one)) }
  })

  fault(SECTION, 'the leader is killed while a server runs', { withinS: 60 }, async () => {
    const [leader, one] = await lineUp()
    const service = serviceOf(one)
    const server = await started(service)
    const { value: answers, seconds } = await without([leader], () =>
      timed(async () => {
        const seen = [await pollOf(service, server)]
        while (seen.at(-1) !== 'running') seen.push(await pollOf(service, server))
        return seen
      }),
    )
    for (const answer of answers) expect(['running', NO_LEADER]).toContain(answer)
    return { answer: String(answers.at(-1)), seconds, left: leftInWords(await servers(one)) }
  })

  fault(SECTION, 'the leader, in use, is cut off the network', { withinS: 90 }, async () => {
    const [leader, one, other] = await lineUp()
    const service = serviceOf(leader, one, other)
    const running = await started(service)
    await swarm.cutOff(leader)
    try {
      const data = { server: someone(), config, spawn_id: 'a', wait_s: 120 }
      const { value: answers, seconds } = await timed(() =>
        Promise.all([pollOf(service, running), startAsHub(service, data)]),
      )
      expect(answers).toEqual(['running', 'running'])
      expect(await pollOf(serviceOf(leader), running)).toBe(NO_LEADER)
      const left = leftInWords(await servers(one), 2)
      expect(left).toBe('one service each')
      return { answer: both(answers), seconds, left }
    } finally {
      await swarm.reconnect(leader)
    }
  })

  fault(SECTION, 'two of three managers are killed', { withinS: 45 }, async () => {
    const [leader, one, other] = await lineUp()
    const service = serviceOf(leader, one, other)
    const running = await started(service)
    const data = { server: someone(), config, spawn_id: 'a', wait_s: 60 }
    const { value: answers, seconds } = await without([leader, one], async () => {
      const first = await pollAndStart(service, running, data)
      const again = await pollAndStart(service, running, data)
      expect([...first.value, ...again.value]).toEqual(Array(4).fill(NO_LEADER))
      return first
    })
    await lineUp()
    const back = await pollAndStart(service, running, data)
    expect(back.value).toEqual(['running', 'running'])
    const left = leftInWords(await servers(one), 2)
    expect(left).toBe('one service each')
    return { answer: `${both(answers)}; once they are back: ${back.value[1]}`, seconds, left }
  })
})

describe('managers of Engine 20.10, 26.1 and 28.5', () => {
  beforeAll(() => open(['20.10', '26.1', '28.5'], '28.5'), 120_000)
  afterAll(() => swarm?.stop())

  fault(SECTION, 'the quorum is lost while a start creates', { withinS: 90 }, async () => {
    const [leader, one, other] = await lineUp()
    const service = serviceOf(leader)
    await pollOf(service, someone())
    // A new leader gives up the tasks of a node that is slow to come back to it, and makes others if it may.
    const restarted = { ...config, restart_policy: 'any' }
    const data = { server: someone(), config: restarted, spawn_id: 'a', wait_s: 60 }
    const start = () => inWords(send(service, 'start', data))
    const { value: lost, seconds } = await without([one, other], () => timed(start))
    expect(lost).toBe(NO_LEADER)
    await lineUp()
    const back = await start()
    expect(back).toBe('running')
    const left = leftInWords(await servers(one))
    expect(left).toBe('its one service')
    return { answer: `${lost}; once they are back: ${back}`, seconds, left }
  })

  fault(SECTION, 'the node of a server is lost', { withinS: 60 }, async () => {
    const [leader, one, other] = await lineUp()
    await removeAll(leader)
    const service = serviceOf(one, other, leader)
    const server = await started(service)
    const { value: answers, seconds } = await timed(async () => {
      for (const worker of swarm.workers) await worker.stop()
      const seen: string[] = []
      do seen.push(await pollOf(service, server))
      while (/^(running|stopping)/.test(String(seen.at(-1))))
      return seen
    })
    const answer = String(answers.at(-1))
    expect(answer).toBe('failed: Node node-4 is down: heartbeat failure')
    const left = leftInWords(await servers(leader))
    expect(left).toBe('nothing')
    return { answer, seconds, left }
  })
})
