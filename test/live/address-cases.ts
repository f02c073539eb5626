import * as v from 'valibot'
import type { ExpectStatic } from 'vitest'
import { ADDRESS_ADVICE } from '../../src/spawner/state/address-words.ts'
import { sentenceOn } from '../../src/spawner/state/user-message.ts'
import { send } from '../support/test-hub.ts'
import { type LiveUser, notebook } from './live-user.ts'
import type { World } from './world.ts'

type Case = LiveUser & { expect: ExpectStatic }
type EachUser = (title: string, run: (user: Case) => Promise<void>) => void

/** What embedded and real Engines show alike of a network that has no address for a server. */
const Explained = v.object({ would_start: v.boolean(), obstacles: v.array(v.unknown()) })

export const addressCases = (world: () => World, eachUser: EachUser): void => {
  const createNetwork = (Name: string, ...Config: { Subnet: string; IPRange?: string }[]) =>
    world().engine('POST', '/networks/create', { Name, Driver: 'overlay', IPAM: { Config } })

  /** What explain says of a server's start, and what stands in its way. */
  const explain = async (data: object) =>
    v.parse(Explained, await (await send(world().service, 'explain', data)).json())

  /** Starts so many servers one after the other, and one more for which there is no address. */
  const startTooMany = async (
    { expect, start, alice }: Case,
    network: string,
    { count, ...more }: { count: number; endpoint?: string },
  ) => {
    const config = { ...notebook, networks: [network], ...more }
    for (let number = 1; number <= count; number++) {
      const server = { ...alice, server_name: `holder-${number}` }
      expect(await start({ server, config })).toMatchObject({ state: 'running' })
    }
    return start({ config, start_timeout: 60 })
  }

  eachUser(
    'without a free address ends a start soon, and runs it once one is free',
    async (user) => {
      const { expect, start, stop, serviceNames, alice } = user
      await createNetwork('tiny', { Subnet: '10.77.0.0/29' })
      const failed = await startTooMany(user, 'tiny', { count: 4 })
      const counted = 'network tiny (10.77.0.0/29): 5 of 5 in use'
      expect(failed).toMatchObject({
        state: 'failed',
        reason: `no free address in ${counted}`,
        advice: ADDRESS_ADVICE.full,
        user_message: sentenceOn('no_address'),
        task: { state: 'new', node: null },
      })
      expect(failed.events.map(({ message }) => message)).toEqual([
        'Service created',
        `Waiting for an address in ${counted}`,
      ])
      expect(await serviceNames()).toHaveLength(4)
      const config = { ...notebook, networks: ['tiny'] }
      expect(await explain({ server: alice, config })).toEqual({
        would_start: false,
        obstacles: [
          {
            from: 'networks.0',
            reason: `no free address in ${counted}; stop servers that nobody uses, or make a larger network`,
          },
        ],
      })
      // One that runs gives its address back before it starts again.
      const running = { ...alice, server_name: 'holder-1' }
      expect(await explain({ server: running, config })).toEqual({
        would_start: true,
        obstacles: [],
      })
      await stop({ server: { ...alice, server_name: 'holder-2' }, now: true })
      expect(await start({ config, start_timeout: 60 })).toMatchObject({ state: 'running' })
    },
  )

  eachUser('counts its ranges, and virtual IPs', async (user) => {
    const range = { Subnet: '10.78.0.0/24', IPRange: '10.78.0.128/30' }
    await createNetwork('ranges', { Subnet: '10.79.0.0/30' }, range)
    const { reason } = await startTooMany(user, 'ranges', { count: 1, endpoint: 'vip' })
    user
      .expect(reason)
      .toBe('no free address in network ranges (10.79.0.0/30, 10.78.0.0/24): 4 of 4 in use')
  })

  eachUser('whose subnet is taken is told to be one that Swarm could not set up', async (user) => {
    const { expect, start, alice } = user
    await createNetwork('first', { Subnet: '10.81.0.0/24' })
    await createNetwork('second', { Subnet: '10.81.0.128/25' })
    const config = { ...notebook, networks: ['second'] }
    expect(await start({ config })).toMatchObject({
      state: 'failed',
      reason: 'Swarm could not set up network second',
      advice: ADDRESS_ADVICE.not_set_up,
    })
    expect(await explain({ server: alice, config })).toEqual({
      would_start: false,
      obstacles: [{ from: 'networks.0', reason: 'Swarm could not set up network second' }],
    })
  })
}
