import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { sleep } from '../../../src/spawner/sleep.ts'
import { openWorld, policyWith, randomOf, startOf } from './quota-world.ts'

/** Waits for a random time around each call, so that each seed interleaves the copies in another way. */
const gateOf = (random: () => number) => async () => {
  const ms = Math.floor(random() * 12)
  if (ms > 2) await sleep(ms)
}

const QUOTAS = {
  'of the hub': {
    policy: policyWith({ hub: { servers: 8 } }),
    more: {},
  },
  'of a group': {
    policy: policyWith({ groups: { course: { generic: { gpu: 8 } } } }),
    more: { groups: ['course'] },
  },
  'of a profile': {
    policy: policyWith(undefined),
    more: { profile: { slug: 'gpu', quota: { servers: 8 } } },
  },
}

const GPU = { resource_spec: { generic_resources: { gpu: 1 } } }

describe.each(Object.entries(QUOTAS))('20 starts at once at a quota %s', (_, { policy, more }) => {
  test.concurrent.for(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'eight run and twelve are told, on two copies, in order %i',
    async (seed, { expect }) => {
      const random = randomOf(seed)
      const world = openWorld(policy, {
        copies: 2,
        gate: gateOf(random),
        nodeResources: [
          { genericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 20 } }] },
        ],
      })
      const asked = Array.from({ length: 20 }, async (_, index) => {
        await sleep(Math.floor(random() * 20))
        const start = startOf(`user-${index}`, more)
        return world.begin(
          { ...start, config: { ...start.config, ...GPU } },
          { spawner: world.spawners[index % 2] },
        )
      })
      const told = await Promise.all(asked)
      const running = told.flatMap((one, index) => (one === 'running' ? [`user-${index}`] : []))
      expect(running).toHaveLength(8)
      expect(await world.staying()).toEqual(running.sort())
      for (const one of told) if (one instanceof SpawnError) expect(one.code).toBe('quota_exceeded')
    },
  )
})

test('a start that needs too much takes no place from one that fits', async () => {
  const policy = policyWith({ hub: { generic: { gpu: 8 } } })
  for (let seed = 1; seed <= 5; seed++) {
    const world = openWorld(policy, {
      copies: 2,
      gate: gateOf(randomOf(seed)),
      nodeResources: [{ genericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 20 } }] }],
    })
    const begin = (user: string, gpu: number, copy: number) => {
      const start = startOf(user)
      const config = { ...start.config, resource_spec: { generic_resources: { gpu } } }
      return world.begin({ ...start, config }, { spawner: world.spawners[copy] })
    }
    expect(await begin('first', 6, 0)).toBe('running')
    const [large, one, two] = await Promise.all([
      begin('large', 4, 0),
      begin('one', 1, 1),
      begin('two', 1, 0),
    ])
    expect([large instanceof SpawnError, one, two]).toEqual([true, 'running', 'running'])
    expect(await world.staying()).toEqual(['first', 'one', 'two'])
  }
})
