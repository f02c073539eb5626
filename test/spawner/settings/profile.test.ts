import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { lastWins } from '../../../src/spawner/settings/assemble-spec.ts'
import type { HubConfig } from '../../../src/spawner/settings/hub-config.ts'
import { mergeConfig } from '../../../src/spawner/settings/merge-config.ts'
import { Profile } from '../../../src/spawner/settings/profile.ts'

const placeholders = { '{username}': '6384', '{server_name}': 'lab', '{raw_username}': 'alice' }

type Settings = Record<string, unknown>

/** What is left of the admin's settings, by path, with a profile `gpu` over them. */
const laid = (config: HubConfig, override: Settings, choices: unknown[] = []) => {
  const profile = v.parse(Profile, { slug: 'gpu', override, choices })
  const { admin } = mergeConfig(config, undefined, placeholders, { profile })
  return Object.fromEntries(
    lastWins(admin).map(({ path, value, from }) => [
      path.join('.').replace('TaskTemplate.', '').replace('ContainerSpec.', ''),
      [value, from],
    ]),
  )
}

const mount = (Source: string, Target: string) => ({ Type: 'volume', Source, Target })
const ro = (Source: string, Target: string) => ({ ...mount(Source, Target), ReadOnly: false })

describe('each setting of a profile replaces the hub’s, and /explain names the profile', () => {
  test.each<[string, HubConfig, Settings, string, unknown, string]>([
    ['image', { service_image: 'a' }, { image: 'b' }, 'Image', 'b', 'image'],
    ['service_image', {}, { service_image: 'b' }, 'Image', 'b', 'service_image'],
    [
      'an image over container_spec',
      { container_spec: { image: 'a' } },
      { image: 'b' },
      'Image',
      'b',
      'image',
    ],
    [
      'container_spec',
      { container_spec: { user: '1' } },
      { container_spec: { user: '2' } },
      'User',
      '2',
      'container_spec.user',
    ],
    [
      'resource_spec',
      { resource_spec: { mem_limit: '2G' } },
      { resource_spec: { mem_limit: '4G' } },
      'Resources.Limits.MemoryBytes',
      4 * 2 ** 30,
      'resource_spec.mem_limit',
    ],
    [
      'mem_limit over resource_spec',
      { resource_spec: { mem_limit: '2G' } },
      { mem_limit: '4G' },
      'Resources.Limits.MemoryBytes',
      4 * 2 ** 30,
      'mem_limit',
    ],
    [
      'cpu_guarantee',
      {},
      { cpu_guarantee: 0.5 },
      'Resources.Reservations.NanoCPUs',
      5e8,
      'cpu_guarantee',
    ],
    [
      'generic_resources',
      {},
      { generic_resources: { gpu: 1 } },
      'Resources.Reservations.GenericResources',
      [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 1 } }],
      'generic_resources',
    ],
    [
      'placement, whose list is replaced',
      { placement: ['node.role==worker'] },
      { placement: ['node.labels.gpu==yes'] },
      'Placement.Constraints',
      ['node.labels.gpu==yes'],
      'placement',
    ],
    [
      'networks, whose list is replaced',
      { networks: ['a', 'b'] },
      { networks: ['c'] },
      'Networks',
      [{ Target: 'c' }],
      'networks',
    ],
    [
      'env by name',
      { container_spec: { env: { A: '1', B: '2' } } },
      { env: { A: '3' } },
      'Env.A',
      '3',
      'env.A',
    ],
    ['labels by name', { labels: { a: '1' } }, { labels: { a: '2' } }, 'Labels.a', '2', 'labels.a'],
    [
      'cmd over the args of container_spec',
      { container_spec: { args: ['x'] } },
      { cmd: 'start.sh lab' },
      'Args',
      ['start.sh', 'lab'],
      'cmd',
    ],
    [
      'endpoint',
      { endpoint: 'dnsrr' },
      { endpoint: 'vip' },
      'EndpointSpec.Mode',
      'vip',
      'endpoint',
    ],
    ['init', { init: true }, { init: false }, 'Init', false, 'init'],
    [
      'restart_policy by key',
      { restart_policy: { condition: 'any', max_attempts: 2 } },
      { restart_policy: { condition: 'on-failure' } },
      'RestartPolicy.Condition',
      'on-failure',
      'restart_policy.condition',
    ],
  ])('%s', (_, config, override, path, value, from) => {
    expect(laid(config, override)[path]).toEqual([value, `profile gpu.${from}`])
  })

  test('what it does not name stays the hub’s', () => {
    const config = {
      container_spec: { image: 'a', env: { A: '1', B: '2' } },
      resource_spec: { mem_limit: 2e9, cpu_limit: 1e9 },
    }
    const all = laid(config, { env: { A: '3' }, resource_spec: { mem_limit: 4e9 } })
    expect(all['Image']).toEqual(['a', 'container_spec.image'])
    expect(all['Env.B']).toEqual(['2', 'container_spec.env.B'])
    expect(all['Resources.Limits.NanoCPUs']).toEqual([1e9, 'resource_spec.cpu_limit'])
  })
})

describe('mounts join the hub’s by their targets', () => {
  const config: HubConfig = { mounts: ['home:/home', 'data:/data'] }
  const ofHub = [ro('home', '/home'), ro('data', '/data')]

  test.each<[string, Settings, unknown[]]>([
    ['another target is added', { mounts: ['x:/x'] }, [ro('x', '/x'), ...ofHub]],
    ['the same one is replaced', { mounts: ['x:/data'] }, [ro('x', '/data'), ro('home', '/home')]],
    [
      'however it is written',
      { mounts: ['x:/data/./'] },
      [ro('x', '/data/./'), ro('home', '/home')],
    ],
    [
      'in a dict by target',
      { mounts: { '/data': { source: 'x' } } },
      [mount('x', '/data'), ro('home', '/home')],
    ],
    ['an empty list changes nothing', { mounts: [] }, ofHub],
    [
      'in container_spec as well',
      { container_spec: { mounts: ['x:/x'] } },
      [ro('x', '/x'), ...ofHub],
    ],
  ])('%s', (_, override, mounts) => {
    expect(laid(config, override)['Mounts']?.[0]).toEqual(mounts)
  })

  test.each<[string, Settings, unknown[]]>([
    ['one', { mounts: { '/data': null } }, [ro('home', '/home')]],
    [
      'one and another added',
      { mounts: { '/data/': null, '/x': { source: 'x' } } },
      [mount('x', '/x'), ro('home', '/home')],
    ],
  ])('null takes away %s', (_, override, mounts) => {
    expect(laid(config, override)['Mounts']?.[0]).toEqual(mounts)
  })

  test('each is judged once or twice, however many choices add one', () => {
    const choices = Array.from({ length: 50 }, (_, i) => ({
      option: `o${i}`,
      choice: 'c',
      override: { mounts: [`c${i}:/c${i}`] },
    }))
    const profile = v.parse(Profile, { slug: 'gpu', override: { mounts: ['p:/p'] }, choices })
    const { admin } = mergeConfig(config, undefined, placeholders, { profile })
    const mounts = admin.filter(({ path }) => path.at(-1) === 'Mounts')
    const counts = mounts.map(({ value }) => (Array.isArray(value) ? value.length : 0))
    expect(counts).toEqual([2, ...Array(50).fill(1), 2 + 51])
  })

  test('null takes away what an earlier part of the profile has added', () => {
    const gone = { '/p': null, '/data': null, '/x': { source: 'x' } }
    const choices = [
      { option: 'a', choice: 'a', override: { mounts: ['a:/a'] } },
      { option: 'b', choice: 'b', override: { mounts: gone } },
      { option: 'c', choice: 'c', override: { mounts: { '/x': null } } },
    ]
    expect(laid(config, { mounts: ['p:/p'] }, choices)['Mounts']?.[0]).toEqual([
      ro('a', '/a'),
      ro('home', '/home'),
    ])
  })

  test('a key that is not the target is refused', () => {
    expect(() => laid(config, { mounts: { '/a': { source: 'x', target: '/b' } } })).toThrow(
      'profile gpu.mounts./a: has another target than its key',
    )
  })
})

describe('null takes away what the hub has set', () => {
  const config: HubConfig = {
    container_spec: { image: 'a', user: '1000', args: ['x'], env: { A: '1', B: '2' } },
    environment: { C: '3' },
    mounts: ['v:/v'],
    resource_spec: { mem_limit: 2e9, generic_resources: { gpu: 1 } },
    cpu_limit: 2,
    placement: { constraints: ['node.role==worker'], max_replicas: 1 },
    networks: ['n'],
    labels: { 'owner-{username}': 'x', b: 'y' },
    endpoint: 'vip',
    restart_policy: { condition: 'any', delay: '1s' },
    stop_grace_period: '5s',
    log_driver: 'json-file',
    healthcheck: { test: ['CMD', 'true'] },
    init: false,
  }

  test.each<[string, Settings, string[]]>([
    ['the image', { image: null }, ['Image']],
    ['a field', { container_spec: { user: null } }, ['User']],
    ['a field in the Engine’s spelling', { container_spec: { User: null } }, ['User']],
    ['the command', { cmd: null }, ['Args']],
    ['a variable', { env: { A: null } }, ['Env.A']],
    ['a variable of environment', { environment: { C: null } }, ['Env.C']],
    ['a variable in container_spec', { container_spec: { env: { B: null } } }, ['Env.B']],
    ['all variables', { env: null }, ['Env.A', 'Env.B', 'Env.C']],
    ['all mounts', { mounts: null }, ['Mounts']],
    ['a limit', { resource_spec: { mem_limit: null } }, ['Resources.Limits.MemoryBytes']],
    ['a limit of JupyterHub', { cpu_limit: null }, ['Resources.Limits.NanoCPUs']],
    ['generic resources', { generic_resources: null }, ['Resources.Reservations.GenericResources']],
    [
      'all resources',
      { resource_spec: null },
      [
        'Resources.Limits.MemoryBytes',
        'Resources.Limits.NanoCPUs',
        'Resources.Reservations.GenericResources',
      ],
    ],
    ['constraints', { placement: { constraints: null } }, ['Placement.Constraints']],
    ['placement', { placement: null }, ['Placement.Constraints', 'Placement.MaxReplicas']],
    ['networks', { networks: null }, ['Networks']],
    ['a label', { labels: { b: null } }, ['Labels.b']],
    ['a label with a placeholder', { labels: { 'owner-{username}': null } }, ['Labels.owner-6384']],
    ['the endpoint', { endpoint: null }, ['EndpointSpec.Mode']],
    ['a part of the restart policy', { restart_policy: { delay: null } }, ['RestartPolicy.Delay']],
    ['stop_grace_period', { stop_grace_period: null }, ['StopGracePeriod']],
    ['the log driver', { log_driver: null }, ['LogDriver']],
    ['the health check', { healthcheck: null }, ['Healthcheck']],
    ['init', { init: null }, ['Init']],
  ])('%s, and nothing else', (_, override, gone) => {
    const before = Object.keys(laid(config, {}))
    expect(before).toEqual(expect.arrayContaining(gone))
    expect(Object.keys(laid(config, override))).toEqual(before.filter((key) => !gone.includes(key)))
  })
})

describe('the choices of a user', () => {
  const choice = (override: Settings, more: Settings = { choice: 'r' }) => ({
    option: 'image',
    override,
    ...more,
  })

  test('are laid over the profile, the last one wins', () => {
    const all = laid({ service_image: 'a' }, { image: 'b', mem_limit: '2G' }, [
      choice({ image: 'c' }),
      { option: 'size', choice: 'l', override: { mem_limit: '4G', mounts: ['x:/x'] } },
    ])
    expect(all['Image']).toEqual(['c', 'profile gpu (image: r).image'])
    expect(all['Resources.Limits.MemoryBytes']).toEqual([
      4 * 2 ** 30,
      'profile gpu (size: l).mem_limit',
    ])
  })

  test('take away what the profile has set', () => {
    const all = laid({}, { image: 'b', env: { A: '1' } }, [choice({ env: { A: null } })])
    expect(Object.keys(all)).toEqual(['Image'])
  })

  test('put what the user typed in place of {value}, everywhere and as it is', () => {
    const typed = choice({ image: '{value}', env: { A: 'x-{value}-{value}' } }, { value: "a$&$'b" })
    const all = laid({}, {}, [typed])
    expect(all['Image']).toEqual(["a$&$'b", 'profile gpu (image: unlisted).image'])
    expect(all['Env.A']?.[0]).toBe("x-a$&$'b-a$&$'b")
  })

  test.each<[string, Settings]>([
    ['x:/home', { mounts: ['course-{value}:/data:ro'] }],
    ['x,readonly=false', { mounts: ['type=volume,source=course-{value},target=/data,readonly'] }],
    ['x:/y', { container_spec: { mounts: ['{value}:/data'] } }],
    ['x:/y', { container_spec: { Mounts: ['{value}:/data'] } }],
  ])('%s adds no part to a mount that is a text', (value, override) => {
    expect(() => laid({}, {}, [choice(override, { value })])).toThrow(
      'profile gpu (image: unlisted).mounts: a typed : or , would begin another part',
    )
  })

  test.each<[string, Settings]>([
    ['course,suid', { mounts: [{ target: '/data', volume_options: { o: 'sub={value}' } }] }],
    ['course,suid', { mounts: { '/data': { source: 'a', options: [{ o: 'sub={value}' }] } } }],
  ])('%s adds no option to the driver of a volume', (value, override) => {
    expect(() => laid({}, {}, [choice(override, { value })])).toThrow(
      'profile gpu (image: unlisted).mounts: a typed , would begin another option',
    )
  })

  test.each<[Settings]>([
    [{ image: 'app:{value}' }],
    [{ service_image: 'app:{value}' }],
    [{ container_spec: { image: 'lab/app:{value}' } }],
  ])('5000/evil makes no registry of the name of an image: %j', (override) => {
    expect(() => laid({}, {}, [choice(override, { value: '5000/evil' })])).toThrow(
      'profile gpu (image: unlisted).image: a typed / cannot stand in the tag of an image',
    )
    expect(laid({}, {}, [choice(override, { value: '5' })])['Image']?.[0]).toMatch(/app:5$/)
  })

  test('are one part of a mount that is a dict', () => {
    const mounts = [{ source: 'course-{value}', target: '/data' }]
    const all = laid({}, {}, [choice({ mounts }, { value: 'x' })])
    expect(all['Mounts']?.[0]).toEqual([mount('course-x', '/data')])
  })

  test.each(['{username}', '{{.Node.Hostname}}', 'a\nb', 'a\0b', 'a\u202eb', '', 'x'.repeat(256)])(
    'may not be %j',
    (value) => {
      const profile = { slug: 'gpu', choices: [choice({ image: '{value}' }, { value })] }
      expect(v.safeParse(Profile, profile).success).toBe(false)
    },
  )
})

describe('a profile is refused by the name of the setting', () => {
  test.each<[string, Settings, string]>([
    [
      'a setting that does not exist',
      { kubespawner_override: {} },
      'profile gpu.kubespawner_override: not a setting',
    ],
    ['who the hub is', { service_prefix: 'x' }, 'profile gpu.service_prefix: not a setting'],
    ['options of users', { use_user_options: true }, 'profile gpu.use_user_options: not a setting'],
    ['a setting that is given twice', { image: 'a', service_image: 'b' }, 'given twice'],
    [
      'a field that does not exist',
      { container_spec: { nope: 1 } },
      'profile gpu.container_spec.nope: not a setting',
    ],
    ['a wrong type', { cpu_limit: {} }, 'profile gpu.cpu_limit: must be a number of CPUs'],
    ['another', { mem_limit: 'much' }, 'profile gpu.mem_limit: must be a number of bytes'],
    ['a wrong mount', { mounts: ['a:b:c:d'] }, 'profile gpu.mounts.0: must be'],
    ['a placeholder that does not exist', { mounts: ['{user}:/x'] }, 'profile gpu.mounts.0'],
  ])('%s', (_, override, message) => {
    expect(() => laid({ service_image: 'a' }, override)).toThrow(message)
  })
})

test.each(['', '-a', 'a b', 'a/b', 'ü', 'x'.repeat(64), 7, null, ['gpu']])(
  '%j is no slug',
  (slug) => {
    expect(v.safeParse(Profile, { slug }).success).toBe(false)
  },
)
