// lane: light (it waits for timeouts)
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type NodeTransport, nodeTransport } from '../../src/docker/transport.node.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'
import { type FaultProxy, openFaultProxy } from '../support/fault-proxy.ts'
import { ask, createTestService, send, type TestService } from '../support/test-hub.ts'
import { fault, timed } from './fault-row.ts'
import { both, inWords, leftInWords } from './in-words.ts'

const SECTION = 'The Engine is killed or slow'

const networks = ['jupyterhub']
const notebook = { container_spec: { image: 'scenario/notebook:1' }, networks }
const Services = v.array(v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) }))
const Info = v.object({ MemTotal: v.number() })

const LOOK = /GET \S+\/tasks/
const CREATE = /POST \S+\/services\/create/
const ALL = /./

let world: RealWorld
let proxy: FaultProxy
let transport: NodeTransport
/** The service that reaches the Engine through the proxy; that of the world reaches it directly. */
let service: TestService
let users = 0
const someone = () => ({ username: `user-${users++}` })

beforeAll(async () => {
  world = await openRealWorld('28.5')
}, 120_000)
afterAll(() => world?.close())
beforeEach(async () => {
  proxy = await openFaultProxy(world.dockerd.socketPath)
  transport = nodeTransport({ host: proxy.dockerHost })
  service = createTestService(createSpawner(transport))
})
afterEach(async () => {
  proxy.close()
  await transport.close()
  for (const { ID } of await allServices()) await world.engine('DELETE', `/services/${ID}`)
})

const allServices = async () => v.parse(Services, (await world.engine('GET', '/services')).json)
const tasks = async () => (await world.engine('GET', '/tasks')).json
const servers = async () => (await allServices()).filter(({ Spec }) => Spec.Name !== 'filler')
const pollOf = (server: object, by = world.service) => inWords(send(by, 'poll', { server }))
const until = (state: 'starting' | 'running', server: object) =>
  expect.poll(() => pollOf(server), { timeout: 60_000, interval: 200 }).toMatch(state)

/** The configuration of a server that has to wait until the node is empty again. */
const fillNode = async () => {
  await expect.poll(tasks, { timeout: 30_000 }).toEqual([])
  const { MemTotal } = v.parse(Info, (await world.engine('GET', '/info')).json)
  const Resources = { Reservations: { MemoryBytes: Math.floor(MemTotal * 0.8) } }
  const ContainerSpec = { Image: 'scenario/notebook:1', Init: true }
  const body = { Name: 'filler', TaskTemplate: { ContainerSpec, Resources } }
  await world.engine('POST', '/services/create', body)
  await expect.poll(tasks, { timeout: 20_000 }).toMatchObject([{ Status: { State: 'running' } }])
  return { ...notebook, resource_spec: { mem_reservation: Math.floor(MemTotal * 0.5) } }
}
const emptyNode = () => world.engine('DELETE', '/services/filler')

/** What poll says once a server neither runs nor starts any more. */
const firstEnd = async (server: object): Promise<string> => {
  for (;;) {
    const words = await pollOf(server)
    if (!/^(running|starting|50\d .*, retryable)$/.test(words)) return words
    await sleep(200)
  }
}

/** Polls one server and starts another. */
const pollAndStart = (by: TestService, running: object) =>
  timed(() =>
    Promise.all([
      pollOf(running, by),
      inWords(send(by, 'start', { server: someone(), config: notebook, wait_s: 60 })),
    ]),
  )

/** Starts a server that is up when this returns. */
const started = async (config: object = notebook) => {
  const server = someone()
  const { state } = await ask(world.service, 'start', { server, config })
  expect(state).toBe('running')
  const [only, ...others] = await servers()
  expect(others).toEqual([])
  return { server, id: only?.ID }
}

fault(SECTION, 'killed and started again while a start waits', { withinS: 60 }, async () => {
  // An Engine that has just come back may reject a task for a moment; Swarm tries again where it is let.
  const config = { ...(await fillNode()), restart_policy: { condition: 'any', delay: '1s' } }
  const server = someone()
  const data = { server, config, spawn_id: 'a', start_timeout: 120, wait_s: 120 }
  const waiting = send(world.service, 'start', data)
  await until('starting', server)
  const before = await servers()
  const { value: answer, seconds } = await timed(async () => {
    await world.dockerd.kill()
    await world.dockerd.restart()
    await emptyNode()
    return inWords(waiting)
  })
  expect(answer).toBe('running')
  expect(await servers()).toMatchObject(before.map(({ ID }) => ({ ID })))
  return { answer, seconds, left: leftInWords(await servers()) }
})

fault(SECTION, 'killed while a start waits, and it stays away', { withinS: 40 }, async () => {
  const [server, config] = [someone(), await fillNode()]
  const waiting = send(world.service, 'start', { server, config, wait_s: 120 })
  await until('starting', server)
  const { value: answer, seconds } = await timed(async () => {
    await world.dockerd.kill()
    return inWords(waiting)
  })
  expect(answer).toBe('503 engine_unreachable, retryable')
  await world.dockerd.restart()
  const left = leftInWords(await servers())
  expect(left).toBe('its one service')
  return { answer, seconds, left }
})

fault(
  SECTION,
  'killed while a start waits, and the caller leaves before it is back',
  { withinS: 60 },
  async () => {
    const [server, config, caller] = [someone(), await fillNode(), new AbortController()]
    const data = { server, config, wait_s: 120 }
    const waiting = send(world.service, 'start', data, { signal: caller.signal })
    const answered = inWords(waiting).catch(() => 'no answer')
    await until('starting', server)
    await world.dockerd.kill()
    caller.abort()
    const { value: left, seconds } = await timed(async () => {
      await world.dockerd.restart()
      await expect.poll(servers, { timeout: 30_000 }).toEqual([])
      return leftInWords(await servers())
    })
    const answer = await answered
    expect(answer).toBe('408 caller_gone, retryable')
    return { answer, seconds, left }
  },
)

fault(SECTION, 'killed and started again while a server runs', { withinS: 60 }, async () => {
  const { server, id } = await started({ ...notebook, restart_policy: { condition: 'any' } })
  const { value: answers, seconds } = await timed(async () => {
    await world.dockerd.kill()
    const away = await pollOf(server)
    await world.dockerd.restart()
    await until('running', server)
    return [away, await pollOf(server)]
  })
  expect(answers).toEqual(['503 engine_unreachable, retryable', 'running'])
  expect(await servers()).toMatchObject([{ ID: id }])
  return { answer: answers.join('; then '), seconds, left: leftInWords(await servers()) }
})

fault(
  SECTION,
  'killed and started again while a server without restart policy runs',
  { withinS: 60 },
  async () => {
    const { server } = await started()
    const { value: answers, seconds } = await timed(async () => {
      await world.dockerd.kill()
      const away = await pollOf(server)
      await world.dockerd.restart()
      return [away, await firstEnd(server)]
    })
    expect(answers[1]).toBe('failed: task: non-zero exit (143)')
    expect(await servers()).toEqual([])
    return { answer: answers.join('; then '), seconds, left: leftInWords(await servers()) }
  },
)

fault(SECTION, 'it listens and stays silent', { withinS: 35 }, async () => {
  // Swarm holds a node for lost that it has not heard of for so long, were it its own: without a restart policy, the end.
  const { server } = await started({ ...notebook, restart_policy: { condition: 'any' } })
  await world.dockerd.freeze()
  const { value: answers, seconds } = await pollAndStart(world.service, server).finally(() =>
    world.dockerd.thaw(),
  )
  expect(answers).toEqual(Array(2).fill('504 engine_timeout, retryable'))
  await until('running', server)
  expect(await servers()).toHaveLength(1)
  return { answer: both(answers), seconds, left: leftInWords(await servers()) }
})

fault(SECTION, 'it is silent for 8 s in the middle of a start', { withinS: 30 }, async () => {
  const data = { server: someone(), config: notebook, wait_s: 60 }
  await world.dockerd.freeze()
  setTimeout(() => world.dockerd.thaw(), 8000)
  const { value: answer, seconds } = await timed(() => inWords(send(world.service, 'start', data)))
  expect(answer).toBe('running')
  return { answer, seconds, left: leftInWords(await servers()) }
})

for (const [delayMs, withinS] of [
  [500, 20],
  [3000, 60],
] as const)
  fault(SECTION, `each of its answers takes ${delayMs / 1000} s`, { withinS }, async () => {
    proxy.break(ALL, { delayMs })
    const server = someone()
    const data = { server, config: notebook, wait_s: 90 }
    const { value: start, seconds } = await timed(() => inWords(send(service, 'start', data)))
    const poll = await pollOf(server, service)
    expect([poll, start]).toEqual(['running', 'running'])
    return { answer: both([poll, start]), seconds, left: leftInWords(await servers()) }
  })

fault(SECTION, 'its reply to a create is lost', { withinS: 20 }, async () => {
  proxy.break(CREATE, 'lost', 1)
  const data = { server: someone(), config: notebook, wait_s: 60 }
  const { value: answer, seconds } = await timed(() => inWords(send(service, 'start', data)))
  expect(answer).toBe('running')
  expect(proxy.seen.filter((line) => CREATE.test(line))).toHaveLength(1)
  const left = leftInWords(await servers())
  expect(left).toBe('its one service')
  return { answer, seconds, left }
})

fault(
  SECTION,
  'the connection breaks in the middle of an answer to poll',
  { withinS: 5 },
  async () => {
    const { server } = await started()
    proxy.break(LOOK, { cutAfterBytes: 100 }, 1)
    const { value: answer, seconds } = await timed(() => pollOf(server, service))
    expect(answer).toBe('503 engine_connection_lost, retryable')
    const next = await pollOf(server, service)
    expect(next).toBe('running')
    const left = leftInWords(await servers())
    return { answer: `${answer}; the next one ${next}`, seconds, left }
  },
)

fault(
  SECTION,
  'the connection breaks while a start looks at its tasks',
  { withinS: 20 },
  async () => {
    // The first look comes before the create.
    proxy.break(LOOK, { delayMs: 0 }, 1)
    proxy.break(LOOK, { cutAfterBytes: 100 }, 3)
    const data = { server: someone(), config: notebook, wait_s: 60 }
    const { value: answer, seconds } = await timed(() => inWords(send(service, 'start', data)))
    expect(answer).toBe('running')
    expect(proxy.seen.filter((line) => LOOK.test(line)).length).toBeGreaterThan(4)
    return { answer, seconds, left: leftInWords(await servers()) }
  },
)

fault(SECTION, 'the connection breaks before a start has created', { withinS: 5 }, async () => {
  proxy.break(LOOK, { cutAfterBytes: 1 }, 1)
  const data = { server: someone(), config: notebook, wait_s: 60 }
  const { value: answer, seconds } = await timed(() => inWords(send(service, 'start', data)))
  expect(answer).toBe('503 engine_connection_lost, retryable')
  const left = leftInWords(await servers())
  expect(left).toBe('nothing')
  return { answer, seconds, left }
})

fault(SECTION, 'the connection is open on our side only', { withinS: 35 }, async () => {
  const { server } = await started()
  expect(await pollOf(server, service)).toBe('running')
  proxy.break(ALL, 'silence')
  const { value: answers, seconds } = await pollAndStart(service, server)
  expect(answers).toEqual(Array(2).fill('504 engine_timeout, retryable'))
  proxy.heal()
  expect(await pollOf(server, service)).toBe('running')
  return { answer: both(answers), seconds, left: leftInWords(await servers()) }
})

fault(SECTION, 'it answers what is not HTTP', { withinS: 5 }, async () => {
  const { server } = await started()
  proxy.break(ALL, 'garbage')
  const { value: answers, seconds } = await pollAndStart(service, server)
  expect(answers).toEqual(Array(2).fill('503 engine_connection_lost, retryable'))
  proxy.heal()
  expect(await pollOf(server, service)).toBe('running')
  return { answer: both(answers), seconds, left: leftInWords(await servers()) }
})
