import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { DockerConfig } from '../../src/docker/docker-config.node.ts'
import { registryAuth } from '../../src/docker/registry-auth.node.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { explain } from '../../src/spawner/explain.ts'
import { completePolicy, type Policy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { start } from '../../src/spawner/start.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'
import { createTestService, refused } from '../support/test-hub.ts'

const { signal } = new AbortController()

/** A start with a profile `gpu`. */
const startOf = (profile: object, more: object = {}, config: object = {}) => ({
  server: { username: 'alice' },
  config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'], ...config },
  profile: { slug: 'gpu', ...profile },
  ...more,
})

/** Rules for the admin and for users. */
const policyOf = (admin: object, user: object = {}): Policy =>
  completePolicy({ admin, user, groups: {} })

const spawnerWith = (policy: Policy = policyOf({}), auths: object = {}) =>
  createSpawner(createEmbeddedEngine().transport, {
    policy,
    registryAuth: (image) => registryAuth(v.parse(DockerConfig, { auths }), image),
  })

const explained = (start: object, policy?: Policy) =>
  explain(spawnerWith(policy), 'default', v.parse(StartRequest, start), signal)

test('/explain names the profile and the choice of each value', async () => {
  const start = startOf({
    override: { image: 'demo/notebook:2', env: { A: '1' }, mem_limit: '1G' },
    choices: [{ option: 'size', choice: 'l', override: { mem_limit: '2G' } }],
  })
  const { sources, policy, spec, would_start } = await explained(start)
  expect(would_start).toBe(true)
  expect(spec.TaskTemplate.Resources?.Limits?.MemoryBytes).toBe(2 * 2 ** 30)
  expect(sources).toMatchObject({
    'TaskTemplate.ContainerSpec.Image': 'profile gpu.image',
    'TaskTemplate.ContainerSpec.Env.A': 'profile gpu.env.A',
    'TaskTemplate.Resources.Limits.MemoryBytes': 'profile gpu (size: l).mem_limit',
    'TaskTemplate.Networks': 'networks',
  })
  expect(policy.map(({ from }) => from)).toContain('profile gpu (size: l).mem_limit')
})

describe('the policy judges a profile as the admin’s word', () => {
  const ceiling = policyOf({ resources: { memory: 2 ** 30 } }, { mounts: { bind: [] } })

  test('it holds to the ceiling of the admin', async () => {
    const limit = { mem_limit: 2 ** 29 }
    const start = startOf({ override: { mem_limit: '2G' } }, {}, limit)
    expect(await refused(createTestService(spawnerWith(ceiling)), 'start', start)).toMatchObject({
      code: 'not_allowed',
      issues: [
        { path: 'profile gpu.mem_limit', message: expect.stringContaining('admin.resources') },
      ],
    })
  })

  test('null takes no limit away from a ceiling', async () => {
    const start = startOf({ override: { mem_limit: null } }, {}, { mem_limit: 2 ** 29 })
    const { issues } = await refused(createTestService(spawnerWith(ceiling)), 'start', start)
    expect(issues).toMatchObject([
      {
        path: 'resource_spec.mem_limit',
        message: expect.stringContaining('a limit has to be set'),
      },
    ])
  })

  test('it may have what users may not', async () => {
    const field = { container_spec: { user: '1000:100' } }
    expect(await explained(startOf({ override: field }))).toMatchObject({ would_start: true })
    const options = { user_options: field }
    const asUser = await explained(startOf({}, options, { use_user_options: true }))
    expect(asUser.would_start).toBe(false)
  })

  test('a refusal is the administrator’s matter, and one of what a user typed the user’s', async () => {
    const policy = policyOf({ images: ['demo/*'] })
    const told = async (profile: object) =>
      (await refused(createTestService(spawnerWith(policy)), 'start', startOf(profile)))
        .user_message
    expect(await told({ override: { image: 'evil/x' } })).toContain('administrator')
    const typed = { option: 'image', value: 'evil/x', override: { image: '{value}' } }
    expect(await told({ choices: [typed] })).toContain('"image"')
  })
})

describe('the options of a user are laid over the profile, within the policy', () => {
  const options = (user_options: object, profile: object) =>
    startOf(profile, { user_options }, { use_user_options: true })

  test('an option wins', async () => {
    const start = options({ resource_spec: { mem_limit: '1G' } }, { override: { mem_limit: '2G' } })
    const { spec, would_start } = await explained(start)
    expect([would_start, spec.TaskTemplate.Resources?.Limits?.MemoryBytes]).toEqual([true, 2 ** 30])
  })

  test('the limits of the profile are the user’s ceiling', async () => {
    const start = options({ resource_spec: { mem_limit: '4G' } }, { override: { mem_limit: '2G' } })
    const { policy } = await explained(start)
    expect(policy).toContainEqual(
      expect.objectContaining({ from: 'user_options.resource_spec.mem_limit', verdict: 'refused' }),
    )
  })

  test('the variables of the profile stay', async () => {
    const start = options(
      { container_spec: { env: { A: '2' } } },
      { override: { env: { A: '1' } } },
    )
    expect((await explained(start)).would_start).toBe(false)
  })

  test('they add to the constraints of the profile', async () => {
    const start = options(
      { placement: ['node.role==manager'] },
      { override: { placement: ['node.hostname!=x'] } },
    )
    const { spec } = await explained(start)
    expect(spec.TaskTemplate.Placement?.Constraints).toEqual([
      'node.hostname!=x',
      'node.role==manager',
    ])
  })
})

describe('the hub’s own word stays', () => {
  test.each([
    ['its environment', { env: { JUPYTERHUB_API_TOKEN: 'mine' } }],
    ['its environment in container_spec', { container_spec: { env: ['JUPYTERHUB_API_TOKEN=x'] } }],
    ['its environment, taken away', { env: null }],
  ])('%s', async (_, override) => {
    const start = startOf({ override }, { env: { JUPYTERHUB_API_TOKEN: 'secret' } })
    const { sources } = await explained(start)
    expect(sources['TaskTemplate.ContainerSpec.Env.JUPYTERHUB_API_TOKEN']).toBe(
      'env.JUPYTERHUB_API_TOKEN',
    )
  })

  test('our labels', async () => {
    const label = { 'org.swarmspawner.username': 'bob' }
    await expect(explained(startOf({ override: { labels: label } }))).rejects.toMatchObject({
      issues: [{ path: 'profile gpu.labels.org.swarmspawner.username' }],
    })
    const { spec } = await explained(startOf({ override: { labels: null } }))
    expect(spec.Labels?.['org.swarmspawner.username']).toBe('alice')
  })
})

describe('the credentials of the service go with an image', () => {
  const auths = { 'quay.io': { auth: btoa('user:password') } }
  const image = 'quay.io/lab/private'
  const typed = { option: 'image', value: image, override: { image: '{value}' } }
  const wouldStart = async (profile: object, more: object = {}, policy = policyOf({})) => {
    const request = v.parse(StartRequest, startOf(profile, more, { use_user_options: true }))
    return (await explain(spawnerWith(policy, auths), 'default', request, signal)).would_start
  }

  test.each<[string, boolean, object, object, Policy]>([
    ['that a profile names', true, { override: { image } }, {}, policyOf({})],
    [
      'that a choice names',
      true,
      { choices: [{ ...typed, override: { image } }] },
      {},
      policyOf({}),
    ],
    ['but not one that a user typed', false, { choices: [typed] }, {}, policyOf({})],
    [
      'nor one of which a user typed a part',
      false,
      { choices: [{ ...typed, value: 'private', override: { image: 'quay.io/lab/{value}' } }] },
      {},
      policyOf({}),
    ],
    [
      'nor one that a user typed in container_spec',
      false,
      { choices: [{ ...typed, override: { container_spec: { Image: '{value}' } } }] },
      {},
      policyOf({}),
    ],
    [
      'nor one that a user typed, and sent as an option',
      false,
      { choices: [typed] },
      { user_options: { image } },
      policyOf({}, { images: ['*'] }),
    ],
    [
      'unless the policy lists it',
      true,
      { choices: [typed] },
      {},
      policyOf({ images: ['*', 'quay.io/lab/*'] }),
    ],
  ])('%s', async (_, would, profile, more, policy) => {
    expect(await wouldStart(profile, more, policy)).toBe(would)
  })
})

test('a start with a profile makes the same Engine calls as one without', async () => {
  const callsOf = async (data: object): Promise<string[]> => {
    const { transport } = createEmbeddedEngine()
    const calls: string[] = []
    const counted: EngineTransport = (request) => {
      calls.push(`${request.method} ${request.path}`)
      return transport(request)
    }
    const request = v.parse(StartRequest, data)
    const enough = AbortSignal.abort()
    await start(createSpawner(counted), { hub: 'default', request, signal, enough }).next()
    // Each image is resolved at its own registry.
    return calls.map((call) => call.replace(/\?.*/, '').replace(/notebook%3A\d/, 'notebook'))
  }
  const { profile: _, ...without } = startOf({})
  const choices = [{ option: 'image', choice: 'r', override: { image: 'demo/notebook:2' } }]
  const override = { env: { A: '1' }, mounts: ['x:/x'], mem_limit: '1G' }
  const calls = await callsOf(without)
  expect(calls).toContain('POST /v1.51/services/create')
  expect(await callsOf(startOf({ override, choices }))).toEqual(calls)
})

test('a schema’s refusal names the key as the profile spells it', async () => {
  const start = startOf({
    choices: [{ option: 'a.b', choice: 'c.d', override: { container_spec: { read_only: 'x' } } }],
  })
  await expect(explained(start)).rejects.toMatchObject({
    issues: [{ path: 'profile gpu (a.b: c.d).container_spec.read_only' }],
  })
})
