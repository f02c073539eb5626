import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import { timed } from '../faults/fault-row.ts'
import { drainSuite } from './drain-suite.ts'
import { configOf, type HubWorld, openHubWorld } from './hub-world.ts'
import { addressOf, type Occupier, startOccupier } from './occupier.ts'
import { replacedSuite } from './replaced-suite.ts'

const serviceOf = (user: string) => `jupyter-${createHash('md5').update(user).digest('hex')}-1`

const USERS = ['alice', 'bob']
const ROUNDS = 3
/** A later start may take so many times what somebody's first one takes. */
const MAX_RATIO = 1.3
/**
 * What a machine that has other work may add to a single start, in seconds. The shortest time for which a resolver keeps
 * an address is longer: 10 s in aiohttp, 60 s in libcurl, 600 s in c-ares.
 */
const NOISE_S = 8

/** A server that is started again has another address, and everybody finds it there at once. */
export const restartsSuite = (engine: () => RealEngine, release: Release): void => {
  let hub: HubWorld['hub']
  let client: HubWorld['client']
  let swarm: HubWorld['swarm']
  let occupier: Occupier
  beforeAll(async () => {
    const config = configOf('restarts_config.py')
    ;({ hub, client, swarm } = await openHubWorld(engine(), release, config, {
      endpointMode: 'dnsrr',
    }))
    occupier = await startOccupier(engine(), hub)
    // The first server of an Engine is slow for reasons of its own.
    await client.start({ user: 'warm-up' })
    await client.stop({ user: 'warm-up' })
  }, 400_000)
  afterAll(async () => {
    await occupier?.stop()
    await hub?.stop()
  }, 60_000)

  /** Starts servers at once, and says for each user how many seconds it took. */
  const startAll = async (users: readonly string[]): Promise<Record<string, number>> =>
    Object.fromEntries(
      await Promise.all(
        users.map(async (user) => [user, (await timed(() => client.start({ user }))).seconds]),
      ),
    )
  /** The containers of all servers. */
  const servers = () => {
    const users = [...USERS, ...Array.from({ length: ROUNDS }, (_, round) => `first-${round}`)]
    return swarm.containers(...users.map(serviceOf))
  }
  const address = async (user: string): Promise<string> => {
    const [container = ''] = await swarm.containers(serviceOf(user))
    return addressOf(hub.docker, container, hub.networkName)
  }
  const urlOf = async (user: string): Promise<string> => {
    const { state } = (await client.servers(user))[''] ?? {}
    return v.parse(v.object({ url: v.string() }), state).url
  }
  /** Asks by way of the proxy, several times, so that no answer of another server goes unnoticed. */
  const isAnswered = async (user: string) => {
    for (let asked = 0; asked < 5; asked++) {
      const response = await client.ask({ user }, 'api')
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ version: expect.any(String) })
    }
  }

  test('a server that is started, stopped and started is ready as soon as the first time, at another address', {
    timeout: 300_000,
  }, async () => {
    const urls: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      // Somebody who starts for the first time at the same moment is the measure, however busy the machine is.
      const first = `first-${round}`
      const { [first]: measure = 0, ...later } = await startAll([...USERS, first])
      const took = Object.values(later)
      if (round > 0) {
        expect(Math.min(...took)).toBeLessThan(measure * MAX_RATIO)
        expect(Math.max(...took)).toBeLessThan(measure * MAX_RATIO + NOISE_S)
      }
      for (const user of USERS) {
        urls.push(await urlOf(user))
        await isAnswered(user)
      }
      // At the one's old address somebody else answers from now on, at the other's nobody.
      const left = await address('alice')
      await Promise.all([...USERS, first].map((user) => client.stop({ user })))
      await expect.poll(servers, { timeout: 30_000 }).toEqual([])
      await occupier.take(left)
    }
    expect(await occupier.asked()).toEqual([])
    expect(new Set(urls).size).toBe(USERS.length * ROUNDS)
  })

  test('a server that Swarm starts anew is found by the proxy under its name', async () => {
    const again = { user: 'again' }
    await client.start(again)
    const before = await address('again')
    const url = await urlOf('again')
    const [container = ''] = await swarm.containers(serviceOf('again'))
    await hub.docker(['kill', container])
    const isAnother = async () => {
      const [now = container] = await swarm.containers(serviceOf('again'))
      return now !== container
    }
    await expect.poll(isAnother, { timeout: 20_000 }).toBe(true)
    expect(await address('again')).not.toBe(before)
    await occupier.take(before)
    const status = async () => (await client.ask(again, 'api')).status
    await expect.poll(status, { timeout: 30_000, interval: 250 }).toBe(200)
    await isAnswered('again')
    expect(await urlOf('again')).toBe(url)
    expect(await occupier.asked()).toEqual([])
    await client.stop(again)
  })

  describe('hub and proxy that are replaced', () => replacedSuite(() => ({ hub, client })))

  // The oldest and the newest, and with them the oldest and the newest Engine.
  if (release === '3.0' || release === '6.1')
    describe('a node in maintenance', () => drainSuite(engine, () => ({ hub, client })))
}
