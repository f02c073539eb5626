import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import type { Entry } from '../../../src/spawner/settings/entries.ts'
import type { HubConfig } from '../../../src/spawner/settings/hub-config.ts'
import { type Layers, mergeConfig } from '../../../src/spawner/settings/merge-config.ts'

const placeholders = { '{username}': '6384', '{server_name}': 'lab', '{raw_username}': 'alice' }

/** The last entry of each path, as buildSpec takes it. */
const last = (entries: readonly Entry[]) =>
  new Map(entries.map(({ path, value, from }) => [path.join('.'), { value, from }]))

const inOrder = ({ defaults, admin, user }: Layers): Entry[] => [...defaults, ...admin, ...user]

const merge = (config: HubConfig, options?: unknown) =>
  last(inOrder(mergeConfig(config, options, placeholders)))

const IMAGE = 'TaskTemplate.ContainerSpec.Image'
const NETWORKS = 'TaskTemplate.Networks'
const CPU = 'TaskTemplate.Resources.Limits.NanoCPUs'
const CONSTRAINTS = 'TaskTemplate.Placement.Constraints'
const MOUNTS = 'TaskTemplate.ContainerSpec.Mounts'

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

test('the defaults hold if nobody says anything', () => {
  expect(Object.fromEntries(merge({}))).toEqual({
    'Mode.Replicated.Replicas': { value: 1, from: 'default' },
    'EndpointSpec.Mode': { value: 'dnsrr', from: 'default' },
    'TaskTemplate.RestartPolicy.Condition': { value: 'none', from: 'default' },
    'TaskTemplate.ContainerSpec.Init': { value: true, from: 'default' },
    'TaskTemplate.ContainerSpec.StopGracePeriod': { value: 10e9, from: 'default' },
  })
})

describe('each setting by its name', () => {
  test.each<[HubConfig, string, unknown, string]>([
    [{ service_image: 'a' }, IMAGE, 'a', 'service_image'],
    [{ container_spec: { Image: 'a' } }, IMAGE, 'a', 'container_spec.Image'],
    [{ container_spec: { image: 'a' } }, IMAGE, 'a', 'container_spec.image'],
    [{ environment: { A: 1 } }, 'TaskTemplate.ContainerSpec.Env.A', '1', 'environment.A'],
    [
      { mounts: ['v:/v:ro'] },
      MOUNTS,
      [{ Type: 'volume', Source: 'v', Target: '/v', ReadOnly: true }],
      'mounts',
    ],
    [{ networks: ['n'] }, NETWORKS, [{ Target: 'n' }], 'networks'],
    [{ resource_spec: { cpu_limit: 2e9 } }, CPU, 2e9, 'resource_spec.cpu_limit'],
    [{ cpu_limit: 2 }, CPU, 2e9, 'cpu_limit'],
    [{ placement: ['node.id==b'] }, CONSTRAINTS, ['node.id==b'], 'placement'],
    [{ labels: { a: '{username}' } }, 'Labels.a', '6384', 'labels.a'],
    [{ endpoint: 'vip' }, 'EndpointSpec.Mode', 'vip', 'endpoint'],
    [
      { restart_policy: 'on-failure' },
      'TaskTemplate.RestartPolicy.Condition',
      'on-failure',
      'restart_policy',
    ],
    [
      { restart_policy: { delay: '5s' } },
      'TaskTemplate.RestartPolicy.Delay',
      5e9,
      'restart_policy.delay',
    ],
    [
      { restart_policy: { max_attempts: 3 } },
      'TaskTemplate.RestartPolicy.MaxAttempts',
      3,
      'restart_policy.max_attempts',
    ],
    [
      { restart_policy: { Window: 60e9 } },
      'TaskTemplate.RestartPolicy.Window',
      60e9,
      'restart_policy.Window',
    ],
    [{ labels: ['a=b'] }, 'Labels.a', 'b', 'labels.a'],
    [
      { restart_policy: 'on-failure:3' },
      'TaskTemplate.RestartPolicy.MaxAttempts',
      3,
      'restart_policy',
    ],
    [
      { log_driver: { name: 'json-file', options: ['max-size=10m'] } },
      'TaskTemplate.LogDriver',
      { Name: 'json-file', Options: { 'max-size': '10m' } },
      'log_driver',
    ],
    [{ init: false }, 'TaskTemplate.ContainerSpec.Init', false, 'init'],
    [
      { stop_grace_period: '1m' },
      'TaskTemplate.ContainerSpec.StopGracePeriod',
      60e9,
      'stop_grace_period',
    ],
    [{ log_driver: 'none' }, 'TaskTemplate.LogDriver', { Name: 'none' }, 'log_driver'],
    [
      { healthcheck: { test: ['NONE'] } },
      'TaskTemplate.ContainerSpec.Healthcheck',
      { Test: ['NONE'] },
      'healthcheck',
    ],
    [
      { notebook_dir: '/home/jovyan' },
      'TaskTemplate.ContainerSpec.Env.NOTEBOOK_DIR',
      '/home/jovyan',
      'notebook_dir',
    ],
  ])('a setting is put into the spec by its name: %j', (config, path, value, from) => {
    expect(merge(config).get(path)).toEqual({ value, from })
  })
})

describe('the order, last wins', () => {
  test.each<[string, HubConfig, unknown, string, string]>([
    ['a setting over a default', { init: false }, {}, 'TaskTemplate.ContainerSpec.Init', 'init'],
    [
      'container_spec over a default',
      { container_spec: { init: false } },
      {},
      'TaskTemplate.ContainerSpec.Init',
      'container_spec.init',
    ],
    [
      'a flat setting over container_spec',
      { container_spec: { init: true }, init: false },
      {},
      'TaskTemplate.ContainerSpec.Init',
      'init',
    ],
    [
      'mounts over container_spec.mounts',
      { container_spec: { mounts: ['a:/a'] }, mounts: ['b:/b'] },
      {},
      MOUNTS,
      'mounts',
    ],
    [
      'container_spec over service_image',
      { service_image: 'a', container_spec: { image: 'b' } },
      {},
      IMAGE,
      'container_spec.image',
    ],
    [
      'resource_spec over the hub trait',
      { cpu_limit: 1, resource_spec: { cpu_limit: 2e9 } },
      {},
      CPU,
      'resource_spec.cpu_limit',
    ],
    [
      'the hub trait where resource_spec is silent',
      { cpu_limit: 1, resource_spec: { mem_limit: 1e9 } },
      {},
      CPU,
      'cpu_limit',
    ],
    [
      'networks over nested ones',
      { container_spec: { networks: ['a'] }, networks: ['b'] },
      {},
      NETWORKS,
      'networks',
    ],
    [
      'a user over container_spec',
      { container_spec: { image: 'a' } },
      { container_spec: { image: 'b' } },
      IMAGE,
      'user_options.container_spec.image',
    ],
    [
      'a user over service_image',
      { service_image: 'a' },
      { image: 'b' },
      IMAGE,
      'user_options.image',
    ],
    [
      'a user over a flat setting',
      { mounts: ['a:/a'] },
      { container_spec: { mounts: ['b:/b'] } },
      MOUNTS,
      'user_options.container_spec.mounts',
    ],
    [
      'a user over the hub trait',
      { cpu_limit: 1 },
      { resource_spec: { cpu_limit: 2e9 } },
      CPU,
      'user_options.resource_spec.cpu_limit',
    ],
    [
      "the user's own flat setting over the nested one",
      {},
      { networks: ['b'], container_spec: { network: ['a'] } },
      NETWORKS,
      'user_options.networks',
    ],
  ])('the last of these wins: %s', (_, config, options, path, from) => {
    expect(merge({ ...config, use_user_options: true }, options).get(path)?.from).toBe(from)
  })

  test('a user who says nothing, or None, leaves the rest alone, key by key', () => {
    const config: HubConfig = {
      use_user_options: true,
      container_spec: { image: 'a', args: ['x'], env: { A: '1', B: '2' } },
      resource_spec: { cpu_limit: 1e9, mem_limit: 1e9 },
      networks: ['n'],
    }
    const options = {
      container_spec: { image: null, env: { B: '3' }, resource_spec: { mem_limit: 2e9 } },
      networks: null,
    }
    const merged = merge(config, options)
    expect(merged.get(IMAGE)?.value).toBe('a')
    expect(merged.get('TaskTemplate.ContainerSpec.Args')?.value).toEqual(['x'])
    expect(merged.get('TaskTemplate.ContainerSpec.Env.A')?.value).toBe('1')
    expect(merged.get('TaskTemplate.ContainerSpec.Env.B')?.value).toBe('3')
    expect(merged.get(CPU)?.value).toBe(1e9)
    expect(merged.get('TaskTemplate.Resources.Limits.MemoryBytes')?.value).toBe(2e9)
    expect(merged.get(NETWORKS)?.value).toEqual([{ Target: 'n' }])
  })
})

describe('user_options', () => {
  const flat = {
    image: 'img',
    mounts: ['v:/v'],
    resource_spec: { cpu_limit: 1e9 },
    placement: ['node.id==b'],
    networks: ['n'],
  }
  const nested = {
    container_spec: {
      Image: 'img',
      mounts: ['v:/v'],
      resource_spec: { cpu_limit: 1e9 },
      placement: ['node.id==b'],
      network: ['n'],
      name: '',
    },
  }
  const valuesOf = (config: HubConfig, options: unknown) =>
    [...merge(config, options)].map(([path, { value }]) => [path, value]).sort()

  test('user_options mean the same at the top level and nested as the old README has it', () => {
    expect(valuesOf({ use_user_options: true }, flat)).toEqual(
      valuesOf({ use_user_options: true }, nested),
    )
    expect(merge({ use_user_options: true }, nested).get(NETWORKS)?.value).toEqual([
      { Target: 'n' },
    ])
  })

  test.each(['mem_limit', 'mem_reservation', 'memory_swap'])(
    'take no memory back by an empty %s',
    (name) => {
      const config = { use_user_options: true, resource_spec: { [name]: '8M' } }
      const options = { resource_spec: { [name]: '' } }
      expect(valuesOf(config, options)).toEqual(valuesOf(config, {}))
    },
  )

  test('user_options count under both spellings of the switch', () => {
    expect(valuesOf({ use_user_option: true }, nested)).toEqual(
      valuesOf({ use_user_options: true }, nested),
    )
  })

  test.each<HubConfig>([
    {},
    { use_user_options: false },
    { use_user_options: null },
    { use_user_options: false, use_user_option: false },
  ])('user_options are not even looked at with %j', (config) => {
    expect(merge(config, { anything: 'goes', image: 7 })).toEqual(merge(config))
  })

  test.each([null, undefined, {}])('user_options may be %j', (options) => {
    expect(valuesOf({ use_user_options: true }, options)).toEqual(valuesOf({}, undefined))
  })

  test.each(['network', 'networks'])('user_options take networks as %s', (key) => {
    const merged = merge({ use_user_options: true, networks: ['a'] }, { [key]: ['b'] })
    expect(merged.get(NETWORKS)).toEqual({ value: [{ Target: 'b' }], from: `user_options.${key}` })
  })

  test.each(['image', 'Image', 'service_image'])('user_options take the image as %s', (key) => {
    const merged = merge({ use_user_options: true }, { [key]: 'b' })
    expect(merged.get(IMAGE)).toEqual({ value: 'b', from: `user_options.${key}` })
  })

  test.each([
    ['an unknown key', { profile: 'gpu' }, 'user_options.profile: not a setting; the settings are'],
    ['what only the hub may say', { environment: {} }, 'user_options.environment: not a setting'],
    ['the endpoint', { endpoint: 'vip' }, 'user_options.endpoint: not a setting'],
    [
      'a key given twice',
      { network: ['a'], networks: ['b'] },
      'user_options.networks: given twice',
    ],
    ['a name', { name: 'mine' }, "user_options.name: can't be chosen"],
    [
      'a nested name',
      { container_spec: { name: 'mine' } },
      "user_options.container_spec.name: can't",
    ],
    ['a list', [], 'user_options: must be a dict'],
    ['a text', 'image=x', 'user_options: must be a dict'],
    [
      'a wrong network, as it was written',
      { network: [7] },
      'user_options.network.0: must be a dict',
    ],
    ['mounts that are none', { mounts: 7 }, 'user_options.mounts: must be a list'],
  ])('user_options refuse %s', (_, options, message) => {
    const refused = () => merge({ use_user_options: true }, options)
    expect(refused).toThrow(SpawnError)
    expect(refused).toThrow(message)
  })

  test('user_options are escaped if the Engine would take them for templates', () => {
    const merged = merge(
      { use_user_options: true },
      { container_spec: { env: { A: '{{.Node.ID}}' } } },
    )
    expect(merged.get('TaskTemplate.ContainerSpec.Env.A')?.value).toBe('{{"{{"}}.Node.ID}}')
  })
})

describe('refusals', () => {
  test.each<[HubConfig, string]>([
    [{ container_spec: { images: 'x' } }, 'container_spec.images: not a setting'],
    [{ resource_spec: { cpu_limit: 1000 } }, 'resource_spec.cpu_limit: 1000 is 0.000001 CPU'],
    [
      { restart_policy: { condition: 'none', Condition: 'any' } },
      'restart_policy.Condition: given twice',
    ],
    [{ restart_policy: { attempts: 3 } }, 'restart_policy.attempts: not a setting'],
    [{ restart_policy: 7 }, 'restart_policy: must be a dict'],
    [{ restart_policy: { delay: 5 } }, 'restart_policy.delay: 5 ns is too short to be meant'],
    [{ stop_grace_period: 10 }, 'stop_grace_period: 10 ns is too short to be meant'],
    [{ labels: ['a'] }, "labels.0: must be a dict, or a list such as ['owner=lab']"],
    [{ networks: [7] }, 'networks.0: must be a dict'],
    [{ placement: 7 }, 'placement: must be a dict'],
  ])('the settings %j are refused by their name', (config, message) => {
    expect(() => merge(config)).toThrow(message)
  })
})

test('neither the settings nor the options are ever changed', () => {
  const config = deepFreeze<HubConfig>({
    use_user_options: true,
    container_spec: {
      image: 'a',
      env: { A: '1' },
      labels: { a: '{username}' },
      mounts: [
        {
          source: '{username}',
          target: '/v',
          driver_config: { options: { device: ':/{username}' } },
        },
      ],
    },
    resource_spec: { cpu_limit: 1e9, Limits: { Pids: 5 } },
    placement: { constraints: ['node.id==b'], preferences: [['spread', 'x']] },
    networks: [{ target: 'n' }],
    restart_policy: { condition: 'any' },
    healthcheck: { test: 'true' },
  })
  const options = deepFreeze({
    resource_spec: { cpu_limit: 2e9 },
    container_spec: {
      mounts: [{ source: '{username}', target: '/w', labels: { a: '{username}' } }],
    },
  })
  const first = mergeConfig(config, options, placeholders)
  expect(mergeConfig(config, options, placeholders)).toEqual(first)
  expect(last(inOrder(mergeConfig(config, {}, placeholders))).get(CPU)?.value).toBe(1e9)
})
