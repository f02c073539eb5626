import { describe, expect, test } from 'vitest'
import { openWorld, policyWith, startOf } from '../spawner/quota/quota-world.ts'

const GPUS = [{ genericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 20 } }] }]

/** The start of another user's server with other settings. */
const withConfig = (config: object, more: object = {}) => {
  const start = startOf('bob', more)
  return { ...start, config: { ...start.config, ...config } }
}

const gpus = (resource_spec: object) => withConfig({ resource_spec })
const LARGE = { servers: 1000, generic: { gpu: 1000 }, user: { servers: 1000 } }

describe('somebody with the secret of a hub cannot exceed the quota of its policy', () => {
  const ways: Readonly<Record<string, object>> = {
    'as another user': startOf('bob'),
    'as another server of the same user': startOf('alice', {
      server: { username: 'alice', server_name: 'x' },
    }),
    'by another service_prefix': {
      ...withConfig({ service_prefix: 'other' }),
      server: { username: 'alice' },
    },
    'by a profile whose quota is larger': startOf('bob', {
      profile: { slug: 'x', quota: LARGE },
    }),
    'by groups': startOf('bob', { groups: ['admins'] }),
    'by the label of another hub': withConfig({ labels: { 'org.swarmspawner.hub': 'other' } }),
    'by a label of the container': withConfig({
      container_spec: { labels: { 'org.swarmspawner.hub': 'other' } },
    }),
    'by the label of a user': withConfig({ labels: { 'org.swarmspawner.username': 'x' } }),
    'by more copies of a service': withConfig({ container_spec: { replicas: 5 } }),
  }
  test.each(Object.entries(ways))('%s', async (_, start) => {
    const world = openWorld(policyWith({ hub: { servers: 1 } }))
    expect(await world.begin(startOf('alice'))).toBe('running')
    expect(await world.begin(start)).toMatchObject({
      code: expect.stringMatching(/^(quota_exceeded|invalid_config)$/),
    })
    expect(await world.staying()).toEqual(['alice'])
  })

  const spellings: Readonly<Record<string, object>> = {
    'in the dict of the class': { generic_resources: { gpu: 2 } },
    "in the Engine's spelling": {
      Reservations: {
        GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } }],
      },
    },
    'one by one, by their names': {
      Reservations: {
        GenericResources: [
          { NamedResourceSpec: { Kind: 'gpu', Value: 'a' } },
          { NamedResourceSpec: { Kind: 'gpu', Value: 'b' } },
        ],
      },
    },
    'less one, so that the sum is right': {
      Reservations: {
        GenericResources: [
          { DiscreteResourceSpec: { Kind: 'gpu', Value: -1 } },
          { DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } },
        ],
      },
    },
  }
  test.each(Object.entries(spellings))('of GPUs, %s', async (_, resource_spec) => {
    const world = openWorld(policyWith({ hub: { generic: { gpu: 1 } } }), { nodeResources: GPUS })
    expect(await world.begin(gpus(resource_spec))).toMatchObject({
      code: expect.stringMatching(/^(quota_exceeded|invalid_config)$/),
    })
    expect(await world.staying()).toEqual([])
  })

  test('nor by a server without a limit, which could use everything', async () => {
    const world = openWorld(policyWith({ hub: { memory: '1G', cpus: 1 } }))
    expect(await world.begin(startOf('alice'))).toMatchObject({ code: 'quota_exceeded' })
  })
})

describe('a user cannot change by user_options what counts', () => {
  const options: Readonly<Record<string, object>> = {
    'a profile': { profile: { slug: 'x', quota: LARGE } },
    'a quota': { quota: LARGE },
    groups: { groups: ['admins'] },
    'the label of another hub': { labels: { 'org.swarmspawner.hub': 'other' } },
    'the label of a profile': { container_spec: { labels: { 'org.swarmspawner.profile': 'x' } } },
  }
  test.each(Object.entries(options))('%s', async (_, user_options) => {
    const profile = { slug: 'gpu', quota: { servers: 1 } }
    const labels = ['*', 'org.swarmspawner.*']
    const world = openWorld(policyWith(undefined, { user: { labels, fields: ['*'] } }))
    expect(await world.begin(startOf('alice', { profile }))).toBe('running')
    const told = await world.begin(
      withConfig({ use_user_options: true }, { profile, user_options }),
    )
    expect(told).toMatchObject({
      code: expect.stringMatching(/^(quota_exceeded|invalid_config|not_allowed)$/),
    })
    expect(await world.staying()).toEqual(['alice'])
  })
})

test('a hub learns nothing of the servers of another hub', async () => {
  const world = openWorld(policyWith({ hub: { servers: 1 }, user: { servers: 1 } }))
  expect(await world.begin(startOf('carol'))).toBe('running')
  expect(await world.begin(startOf('alice'), { hub: 'other' })).toBe('running')
  const told = await world.begin(startOf('bob'), { hub: 'other' })
  expect(told).toMatchObject({ message: expect.stringMatching(/held by alice$/) })
})
