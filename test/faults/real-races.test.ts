import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { serviceName } from '../../src/spawner/server/service-name.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { ask, createTestService, send, type TestService } from '../support/test-hub.ts'
import { fault, timed } from './fault-row.ts'
import { type FaultWorld, openFaultWorld, type Server } from './fault-world.ts'

const SECTION = 'Starts that race'
const ROUNDS = 300
/** Races that go on at the same time, as many users. */
const AT_ONCE = 20

const networks = ['jupyterhub']
const notebook = { container_spec: { image: 'scenario/notebook:1' }, networks }
/** A service that waits for a node: what races for its name needs no container. */
const waiting = { ...notebook, placement: ['node.labels.nobody==has-this'] }

let world: FaultWorld
/** Two copies of our service, which share nothing but the Engine. */
let copies: [TestService, TestService]
beforeAll(async () => {
  world = await openFaultWorld('28.5')
  const another = () =>
    createTestService(createSpawner(nodeTransport({ host: world.dockerd.dockerHost })))
  copies = [another(), another()]
}, 180_000)
afterAll(() => world?.close())
afterEach(() => world.removeAll())

type Answer = { status: number; state?: ServerState; code?: string; user_message?: string }

const Refusal = v.object({ code: v.string(), user_message: v.string() })
const call = async (service: TestService, verb: string, data: object): Promise<Answer> => {
  const response = await send(service, verb, data)
  const body: unknown = await response.json()
  return response.status === 200
    ? { status: 200, state: v.parse(ServerState, body) }
    : { status: response.status, ...v.parse(Refusal, body) }
}

/** Runs so many rounds, some of them at once, each for a user of its own, and gathers what they say. */
const race = async <T>(rounds: number, round: (server: Server) => Promise<T>): Promise<T[]> => {
  const results: T[] = []
  for (let done = 0; done < rounds; done += AT_ONCE)
    results.push(
      ...(await Promise.all(Array.from({ length: AT_ONCE }, () => round(world.someone())))),
    )
  return results
}

const aMoment = (maxMs: number) => sleep(Math.random() * maxMs)
const servicesOf = async (server: Server) =>
  (await world.serviceNames()).filter((name) => name === serviceName(server)).length
const Labelled = v.object({ Spec: v.object({ Labels: v.record(v.string(), v.string()) }) })
/** Whose service it is, by its own label: a poll may still see the task of the one before. */
const spawnOf = async (server: Server) => {
  const { json } = await world.engine('GET', `/services/${serviceName(server)}`)
  return v.parse(Labelled, json).Spec.Labels['org.swarmspawner.spawn-id']
}

fault(
  SECTION,
  `two copies of the service start the same spawn, ${ROUNDS} times`,
  { withinS: 60 },
  async () => {
    const { value: rounds, seconds } = await timed(() =>
      race(ROUNDS, async (server) => {
        const data = { server, spawn_id: 'same', issued_at: 1, config: waiting, wait_s: 0 }
        const answers = await Promise.all(
          copies.map(async (copy) => {
            await aMoment(5)
            return call(copy, 'start', data)
          }),
        )
        return new Set(answers.map(({ state }) => state?.service_id)).size
      }),
    )
    expect(rounds.filter((ids) => ids !== 1)).toEqual([])
    const names = await world.serviceNames()
    expect(names).toHaveLength(ROUNDS)
    return {
      answer: 'both are told of the same service, in all rounds',
      seconds,
      left: `${names.length} services, one a server`,
    }
  },
)

fault(
  SECTION,
  `two copies start two spawns of one server, ${ROUNDS} times`,
  { withinS: 120 },
  async () => {
    const { value: rounds, seconds } = await timed(() =>
      race(ROUNDS, async (server) => {
        const spawns = [
          ['older', 1000],
          ['newer', 2000],
        ] as const
        const [older, newer] = await Promise.all(
          spawns.map(async ([spawn_id, issued_at], index) => {
            await aMoment(20)
            const data = { server, spawn_id, issued_at, config: waiting, wait_s: 0 }
            return call(copies[index] ?? copies[0], 'start', data)
          }),
        )
        return { older, newer, count: await servicesOf(server), holder: await spawnOf(server) }
      }),
    )
    expect(rounds.filter(({ newer }) => newer?.state?.spawn_id !== 'newer')).toEqual([])
    expect(rounds.filter(({ holder, count }) => holder !== 'newer' || count !== 1)).toEqual([])
    const refused = rounds.filter(({ older }) => older?.status !== 200)
    expect(refused.filter(({ older }) => older?.code !== 'superseded')).toEqual([])
    // Else this was no race.
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(ROUNDS)
    return {
      answer:
        'the newer spawn holds in all rounds; the older one was there first, or is **409 superseded**',
      seconds,
      left: `${(await world.serviceNames()).length} services, one a server`,
    }
  },
)

fault(
  SECTION,
  `a server is stopped by one copy while another one starts it, ${ROUNDS} times`,
  { withinS: 120 },
  async () => {
    const { value: rounds, seconds } = await timed(() =>
      race(ROUNDS, async (server) => {
        const data = { server, spawn_id: 'one', config: waiting, wait_s: 30 }
        const starting = call(copies[0], 'start', data)
        while ((await servicesOf(server)) === 0) await sleep(5)
        await aMoment(100)
        const stopped = await call(copies[1], 'stop', { server, now: true })
        return { stopped, started: await starting }
      }),
    )
    expect(rounds.filter(({ stopped }) => stopped.state?.state !== 'absent')).toEqual([])
    const states = new Set(rounds.map(({ started }) => started.state?.state))
    expect([...states].filter((state) => state !== 'absent' && state !== 'stopping')).toEqual([])
    expect(await world.serviceNames()).toEqual([])
    return {
      answer: 'the start ends at once, and says that the service was removed',
      seconds,
      left: await world.left(),
    }
  },
)

fault(
  SECTION,
  `starts and stops of both copies in any order, ${ROUNDS} times, then a stop`,
  { withinS: 120 },
  async () => {
    const { value: answers, seconds } = await timed(() =>
      race(ROUNDS, async (server) => {
        const calls = Array.from({ length: 6 }, async (_, index) => {
          await aMoment(60)
          const copy = copies[index % 2] ?? copies[0]
          if (Math.random() < 0.4) return call(copy, 'stop', { server, now: true })
          const spawn_id = `spawn-${Math.floor(Math.random() * 3)}`
          const data = { server, spawn_id, config: waiting, wait_s: 0 }
          return call(copy, 'start', { ...data, issued_at: Number(spawn_id.at(-1)) })
        })
        const all = await Promise.all(calls)
        expect(await servicesOf(server)).toBeLessThanOrEqual(1)
        return [...all, await call(copies[0], 'stop', { server, now: true })]
      }),
    )
    const odd = answers.flat().filter(({ status, code }) => status !== 200 && code !== 'superseded')
    expect(odd).toEqual([])
    return {
      answer: 'each is answered by a state, or is **409 superseded**',
      seconds,
      left: await world.left(),
    }
  },
)

const Containers = v.array(
  v.object({ Labels: v.record(v.string(), v.string()), State: v.string() }),
)
/** The services whose containers run under the name of a server at this moment. */
const answering = async (server: Server): Promise<string[]> => {
  const filters = JSON.stringify({
    label: [`com.docker.swarm.service.name=${serviceName(server)}`],
  })
  const path = `/containers/json?filters=${encodeURIComponent(filters)}`
  const found = v.parse(Containers, (await world.engine('GET', path)).json)
  return found.map(({ Labels }) => Labels['com.docker.swarm.service.id'] ?? '')
}

fault(
  SECTION,
  'stop and start at once, 100 times: who answers under the name',
  { withinS: 240, timeoutMs: 300_000 },
  async () => {
    // A round waits for the end of a container, so several users go through theirs side by side.
    const users = Array.from({ length: 10 }, () => world.someone())
    const start = (server: Server, copy: TestService, spawn_id: string, issued_at: number) =>
      ask(copy, 'start', { server, spawn_id, issued_at, config: notebook, wait_s: 60 })
    const { value: rounds, seconds } = await timed(() =>
      Promise.all(
        users.map(async (server) => {
          await start(server, copies[0], 'round-0', 0)
          const seen: string[] = []
          for (let round = 1; round <= 10; round++) {
            const copy = copies[round % 2] ?? copies[0]
            // Half of them a stop and a start, half a start in the place of the former one.
            if (round % 2 === 0) await ask(copies[0], 'stop', { server, now: true })
            const { state, service_id } = await start(server, copy, `round-${round}`, round)
            const ids = await answering(server)
            seen.push(
              state === 'running' && ids.length === 1 && ids[0] === service_id
                ? 'new'
                : `${state} ${ids}`,
            )
          }
          return seen
        }),
      ),
    )
    expect(rounds.flat().filter((who) => who !== 'new')).toEqual([])
    expect(rounds.flat()).toHaveLength(100)
    const names = await world.serviceNames()
    expect(names).toHaveLength(users.length)
    return {
      answer: 'running means the new container, and it alone, in all rounds',
      seconds,
      left: `${names.length} services, one a server`,
    }
  },
)

fault(
  SECTION,
  'two copies start 20 servers at once at a quota of 8, 10 times',
  { withinS: 60 },
  async () => {
    const { value: rounds, seconds } = await timed(async () => {
      const results: Answer[][] = []
      for (let round = 1; round <= 10; round++) {
        const profile = { slug: `round-${round}`, quota: { servers: 8 } }
        const starts = Array.from({ length: 20 }, async (_, index) => {
          await aMoment(50)
          const data = { server: world.someone(), profile, config: waiting, wait_s: 0 }
          return call(copies[index % 2] ?? copies[0], 'start', data)
        })
        results.push(await Promise.all(starts))
      }
      return results
    })
    const refused = rounds.flat().filter(({ status }) => status !== 200)
    expect(rounds.map((round) => round.filter(({ status }) => status === 200).length)).toEqual(
      rounds.map(() => 8),
    )
    expect(refused.filter(({ code }) => code !== 'quota_exceeded')).toEqual([])
    const [sentence] = new Set(refused.map(({ user_message }) => user_message))
    const names = await world.serviceNames()
    expect(names).toHaveLength(8 * rounds.length)
    return {
      answer: 'eight have their service, and twelve are **409 quota_exceeded**, in all rounds',
      user_message: sentence,
      seconds,
      left: `${names.length} services, eight a round`,
    }
  },
)
