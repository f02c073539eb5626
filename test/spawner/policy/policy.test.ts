import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../../handlers/settings/yaml.node.ts'
import { buildSpec } from '../../../src/spawner/build-spec.ts'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { planSpec } from '../../../src/spawner/plan-spec.ts'
import { BUILT_IN_POLICY, completePolicy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'

const OWN = '6384e2b2184bcbf58eccf10ca7a6563c'

type Asked = { config?: object; user_options?: unknown; groups?: string[]; env?: object }

const requestOf = ({ config, ...more }: Asked): StartRequest =>
  v.parse(StartRequest, {
    server: { username: 'alice' },
    spawn_id: 'spawn-1',
    issued_at: 1,
    config: {
      container_spec: { image: 'quay.io/jupyter/base-notebook:1' },
      networks: ['jupyterhub'],
      use_user_options: true,
      ...config,
    },
    ...more,
  })

const policyOf = (policy: unknown) => completePolicy(v.parse(PolicyFile, policy))

/** What a policy refuses, by the keys. */
const refused = (policy: unknown, asked: Asked): string[] =>
  planSpec('main', requestOf(asked), policyOf(policy))
    .verdicts.filter(({ verdict }) => verdict === 'refused')
    .map(({ from }) => from)

const spec = (policy: unknown, asked: Asked) =>
  buildSpec('main', requestOf(asked), policyOf(policy)).spec.TaskTemplate

describe('refusals', () => {
  test('refusals are told together, of the hub and of its user, each with its rule', () => {
    const asked = {
      config: { mounts: ['/etc:/etc'] },
      user_options: { container_spec: { user: 'root', cap_add: ['ALL', 'CHOWN'] } },
    }
    const build = () => buildSpec('main', requestOf(asked))
    expect(build).toThrow(SpawnError)
    try {
      build()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'not_allowed',
        issues: [
          { path: 'mounts.0', message: expect.stringContaining('(admin.mounts.bind)') },
          { path: 'user_options.container_spec.user', message: expect.stringContaining('(user.') },
          { path: 'user_options.container_spec.cap_add.0' },
          { path: 'user_options.container_spec.cap_add.1' },
        ],
      })
    }
  })

  test('refusals have the placeholders of the policy filled in', () => {
    const asked = {
      config: { mounts: ['/data:/x', 'other:/y'], networks: ['others'], labels: { a: 'b' } },
      user_options: { container_spec: { image: 'a', mounts: ['x:/x'] } },
    }
    const policy = policyOf({
      admin: {
        mounts: { bind: ['/srv/{hub}'], volume: ['{hub}-*'] },
        networks: ['{hub}_servers'],
        labels: ['{hub}.{server_name}'],
      },
      user: { images: ['lab/{raw_username}'] },
    })
    const rules = planSpec('physics', requestOf(asked), policy)
      .verdicts.filter(({ verdict }) => verdict === 'refused')
      .map(({ rule }) => rule.replace(/^not allowed by the policy |; to allow it.*$/g, ''))
    expect(rules).toEqual([
      '(admin.mounts.bind): this directory is not listed',
      '(admin.mounts.volume): it allows physics-*',
      '(admin.networks): it allows physics_servers',
      '(admin.labels): it allows physics.1',
      '(user.images): it allows lab/alice',
      expect.stringMatching(`^.user.mounts.volume.: it allows ${OWN}, ${OWN}-`),
    ])
  })

  test('refusals are told up to a bound', () => {
    const names = Array.from({ length: 8000 }, (_, index) => [`traefik.${index}`, 'x'])
    const config = { labels: Object.fromEntries(names) }
    const build = () => buildSpec('main', requestOf({ config }))
    expect(build).toThrow(/; and 7980 more$/)
  })

  test('refusals tell no value of what was asked for', () => {
    const canary = 'canary-7f3a'
    const user_options = {
      container_spec: {
        env: { JUPYTERHUB_X: canary },
        labels: { a: canary },
        hostname: canary,
        mounts: [`${canary}:/x`],
        network: [canary],
        placement: [`node.role==${canary}`],
      },
    }
    const { verdicts } = planSpec('main', requestOf({ user_options }), BUILT_IN_POLICY)
    expect(verdicts.filter(({ verdict }) => verdict === 'refused')).toHaveLength(6)
    expect(JSON.stringify(verdicts)).not.toContain(canary)
  })
})

test('every value of the hub and of its user has a verdict, each layer for itself', () => {
  const asked = {
    config: { mounts: ['a:/a'], resource_spec: { mem_limit: 1e9 } },
    user_options: { mounts: ['/scratch'], resource_spec: { mem_limit: 5e8 } },
  }
  const { verdicts } = planSpec('main', requestOf(asked), BUILT_IN_POLICY)
  expect(verdicts.map(({ path, from, verdict }) => [path, from, verdict])).toEqual([
    ['TaskTemplate.ContainerSpec.Image', 'container_spec.image', 'allowed'],
    ['TaskTemplate.ContainerSpec.Mounts.0', 'mounts.0', 'allowed'],
    ['TaskTemplate.Resources.Limits.MemoryBytes', 'resource_spec.mem_limit', 'allowed'],
    ['TaskTemplate.Networks.0', 'networks.0', 'allowed'],
    ['TaskTemplate.ContainerSpec.Mounts.0', 'user_options.mounts.0', 'allowed'],
    [
      'TaskTemplate.Resources.Limits.MemoryBytes',
      'user_options.resource_spec.mem_limit',
      'allowed',
    ],
  ])
})

describe('images', () => {
  const asked = (image: string) => ({ user_options: { image } })

  test.each([
    ['quay.io/jupyter/*', 'quay.io/jupyter/scipy-notebook:2', true],
    ['quay.io/jupyter/*', 'quay.io/other/scipy-notebook', false],
    ['quay.io/jupyter/*', 'evil.io/quay.io/jupyter/x', false],
    ['jupyter/lab', 'docker.io/jupyter/lab:3', true],
    ['docker.io/jupyter/lab', 'index.docker.io/jupyter/lab', true],
    ['jupyter/lab', 'quay.io/jupyter/lab', false],
    ['busybox', `docker.io/library/busybox@sha256:${'a'.repeat(64)}`, true],
    ['busybox:1', 'busybox:2', false],
    ['registry:5000/lab', 'registry:5000/lab:1', true],
    ['registry:5000/lab', 'registry:5001/lab:1', false],
    ['*@sha256:*', 'busybox', false],
    ['*@sha256:*', `busybox@sha256:${'a'.repeat(64)}`, true],
    ['nothing', 'quay.io/jupyter/base-notebook:1', true],
    ['nothing', 'quay.io/jupyter/base-notebook', false],
    // `*` in one part of a name is nothing of another.
    ['*.example.org/lab', 'evil.io/a.example.org/lab', false],
    ['*.example.org/lab', 'registry.example.org/lab', true],
    ['quay.io/lab/x:1*', 'quay.io/lab/x:1.2', true],
    ['quay.io/lab/x:1*', `quay.io/lab/x:1@sha256:${'a'.repeat(64)}`, false],
    ['quay.io/lab/x:1', `quay.io/lab/x:1@sha256:${'a'.repeat(64)}`, false],
    ['quay.io/lab/x:*', `quay.io/lab/x:1@sha256:${'a'.repeat(64)}`, true],
    ['quay.io/lab/x@sha256:*', `quay.io/lab/x:1@sha256:${'a'.repeat(64)}`, true],
    ['quay.io/lab/x:1@sha256:*', `quay.io/lab/x:2@sha256:${'a'.repeat(64)}`, false],
    ['quay.io/lab/x:latest', 'quay.io/lab/x', true],
    ['quay.io/lab/*', 'quay.io/lab/../other/x', false],
    ['quay.io/lab/*', 'QUAY.IO/lab/x', false],
    ['localhost:5000/lab/*', 'localhost:5000/lab/x', true],
    // Ids are of no name, and no pattern of names is about them.
    ['*/*', `sha256:${'a'.repeat(64)}`, false],
    ['library/*', 'cafe', false],
    ['cafe', 'cafe', true],
    ['library/*', 'cafe:1', true],
    ['*:*', `sha256:${'a'.repeat(64)}`, false],
    ['sha256:*', `sha256:${'a'.repeat(64)}`, true],
    ['sha256:*', 'a'.repeat(12), true],
    ['sha256:*', 'busybox', false],
    ['sha256:aa*', `sha256:${'a'.repeat(12)}`, true],
    ['sha256:bb*', `sha256:${'a'.repeat(12)}`, false],
  ])('the list of images %j allows %j: %j', (pattern, image, isAllowed) => {
    const names = refused({ user: { images: [pattern] } }, asked(image))
    expect(names).toEqual(isAllowed ? [] : ['user_options.image'])
  })

  test.each([
    ['a user by name', { user: 'jovyan' }, {}, false],
    ['a user and a group by name', { user: 'jovyan:users' }, {}, false],
    ['a group by name', { user: '1000:users' }, {}, false],
    ['a number', { user: '1000' }, {}, true],
    ['numbers', { user: '1000:100', groups: ['27'] }, {}, true],
    ['no user', {}, {}, true],
    ['a name, and a user who may choose another', { user: 'jovyan' }, { user: '1000' }, true],
    ['a name, and a user who says the same', { user: 'jovyan' }, { user: 'jovyan' }, false],
  ])("whether a user's own image may run, if the hub sets %s", (_, hubs, users, isAllowed) => {
    const config = { container_spec: { image: 'quay.io/jupyter/base-notebook:1', ...hubs } }
    const asked = (image: string) => ({ config, user_options: { image, container_spec: users } })
    const user = { fields: ['user' as const] }
    const own = asked('quay.io/lab/own')
    expect(refused({ user }, own)).toEqual(isAllowed ? [] : ['user_options.image'])
    // What a list names, and the image of the hub itself, everybody knows.
    expect(refused({ user: { ...user, images: ['quay.io/lab/*'] } }, own)).toEqual([])
    expect(refused({ user }, asked('quay.io/jupyter/base-notebook:1'))).toEqual([])
  })

  test.each([
    ['the one that the hub has configured', {}, 'quay.io/jupyter/base-notebook:1', true],
    ['one that a user names', {}, 'registry.internal/secret', false],
    ['another tag', {}, 'quay.io/jupyter/base-notebook:2', false],
    [
      'one that the policy names',
      { user: { images: ['registry.internal/*'] } },
      'registry.internal/lab',
      true,
    ],
  ])('whether an image gets the credentials of the service: %s', (_, policy, image, isTrusted) => {
    const built = buildSpec('main', requestOf(asked(image)), policyOf(policy))
    expect(built.isTrustedImage).toBe(isTrusted)
  })
})

describe('groups of the hub', () => {
  const policy = {
    user: { resources: { cpus: 2 } },
    groups: {
      gpu: { resources: { cpus: 8, generic: { gpu: 2 } }, placement: ['node.role'] },
      data: { mounts: { bind: ['/data:ro'] }, networks: ['data-*'] },
      small: { resources: { cpus: 1 } },
    },
  }
  const cpus = (cpu_limit: number) => ({ user_options: { resource_spec: { cpu_limit } } })
  const gpus = (gpu: number) => ({
    user_options: { resource_spec: { generic_resources: { gpu } } },
  })

  test('groups of the hub widen what a user may have, and never take away', () => {
    expect(refused(policy, cpus(3e9))).toHaveLength(1)
    expect(refused(policy, { ...cpus(3e9), groups: ['gpu'] })).toEqual([])
    expect(refused(policy, { ...cpus(9e9), groups: ['gpu'] })).toHaveLength(1)
    expect(refused(policy, { ...cpus(2e9), groups: ['small'] })).toEqual([])
    expect(refused(policy, { ...gpus(2), groups: ['gpu'] })).toEqual([])
    expect(refused(policy, { ...gpus(3), groups: ['gpu'] })).toHaveLength(1)
    expect(refused(policy, { ...gpus(1), groups: ['data', 'nosuch', 'constructor'] })).toHaveLength(
      1,
    )
  })

  test('groups of the hub add up', () => {
    const user_options = {
      mounts: ['/data/set:/data:ro'],
      networks: ['jupyterhub', 'data-1'],
      placement: ['node.role==worker'],
    }
    expect(refused(policy, { user_options, groups: ['gpu', 'data'] })).toEqual([])
    expect(refused(policy, { user_options, groups: ['data'] })).toEqual([
      'user_options.placement.0',
    ])
    expect(refused(policy, { user_options })).toHaveLength(3)
  })

  test('groups of the hub hold for read-only mounts if the rule says so', () => {
    const asked = { user_options: { mounts: ['/data:/data'] }, groups: ['data'] }
    expect(refused(policy, asked)).toEqual(['user_options.mounts.0'])
  })
})

describe('a policy can let users have', () => {
  test.each<[string, object, unknown]>([
    ['homes', { mounts: { bind: ['/home/{username}'] } }, { mounts: ['/home/{username}/a:/a'] }],
    ['a field', { fields: ['tty'] }, { container_spec: { TTY: true } }],
    [
      'a capability',
      { capabilities: ['NET_ADMIN'] },
      { container_spec: { cap_add: ['cap_net_admin'] } },
    ],
    ['labels', { labels: ['team.*'] }, { container_spec: { labels: { 'team.a': 'b' } } }],
    ['a volume of all', { mounts: { volume: ['shared'] } }, { mounts: ['shared:/shared'] }],
    [
      'a variable of the hub',
      { environment: ['*', 'JUPYTERHUB_SINGLEUSER_APP'] },
      { container_spec: { env: { JUPYTERHUB_SINGLEUSER_APP: 'x' } } },
    ],
    [
      'a share of the network',
      {
        mounts: {
          volume: ['nfs-{username}'],
          drivers: { local: { type: 'nfs', o: 'addr=10.0.0.1,*', device: ':/homes/{username}' } },
        },
      },
      {
        mounts: [
          {
            source: 'nfs-{username}',
            target: '/home',
            driver_config: {
              options: { type: 'nfs', o: 'addr=10.0.0.1,rw', device: ':/homes/{username}' },
            },
          },
        ],
      },
    ],
  ])('a policy can let users have %s', (_, user, user_options) => {
    expect(refused({ user }, { user_options })).toEqual([])
    expect(refused({}, { user_options })).not.toEqual([])
  })
})

describe('what a policy pins of a volume driver', () => {
  const pinned = {
    type: 'nfs',
    o: ['addr=10.0.0.1,rw', 'addr=10.0.0.1,ro'],
    device: ':/h/{username}',
  }
  const whole = { type: 'nfs', o: 'addr=10.0.0.1,ro', device: `:/h/${OWN}` }
  const { type, o, device } = whole
  const asked = (name: string, options: object) => ({
    user_options: { mounts: [{ source: OWN, target: '/x', driver_config: { name, options } }] },
  })
  const of = (rule: object, options: object, name = 'local') =>
    refused({ user: { mounts: { drivers: { [name]: rule } } } }, asked(name, options))

  test('an option of a volume driver that a policy pins may be asked for as it is', () => {
    expect(of(pinned, whole)).toEqual([])
  })

  test.each<[string, object]>([
    ['device', { type, o }],
    ['o', { type, device }],
    ['type', { o, device }],
    ['all but one', { type }],
    ['o, by an empty text', { ...whole, o: '' }],
    ['device, by another', { ...whole, device: ':/h' }],
    ['nothing, and adds one', { ...whole, size: '1' }],
    ['device, in other letters', { type, o, Device: device }],
  ])('an option of a volume driver that a policy pins may not be left out: %s', (_, options) => {
    expect(of(pinned, options)).toEqual(['user_options.mounts.0'])
  })

  test('a pinned option may not be left out of a plugin that takes no options without it', () => {
    expect(of({ size: '10' }, { size: '10' }, 'rexray')).toEqual([])
    expect(of({ size: '10' }, {}, 'rexray')).toHaveLength(1)
    expect(of({}, {}, 'rexray')).toEqual([])
  })

  test('a pinned option may be left out if an empty text is listed, or any text', () => {
    expect(of({ ...pinned, o: ['', 'addr=10.0.0.1,ro'] }, { type, device })).toEqual([])
    expect(of({ ...pinned, o: '*' }, { type, device })).toEqual([])
    expect(of({ ...pinned, o: 'addr=10.0.0.1,*' }, { type, device })).toHaveLength(1)
  })

  test('a pinned option is told, with its placeholders filled in', () => {
    const policy = policyOf({ user: { mounts: { drivers: { local: pinned } } } })
    const { verdicts } = planSpec('main', requestOf(asked('local', { type, o })), policy)
    expect(verdicts.at(-1)?.rule).toContain(
      `driver local must have the options type: nfs; o: addr=10.0.0.1,rw or addr=10.0.0.1,ro; device: :/h/${OWN}`,
    )
  })
})

describe('swap', () => {
  const GIB = 2 ** 30
  const swapping = (memory_swap: number, hub: object = {}) => ({
    config: { resource_spec: { mem_limit: GIB, ...hub } },
    user_options: { resource_spec: { memory_swap } },
  })
  const key = 'user_options.resource_spec.memory_swap'

  test.each([
    ['as much as the memory', swapping(GIB), []],
    ['more than the memory', swapping(GIB + 1), [key]],
    ['without end', swapping(-1), [key]],
    ['none', swapping(0, { memory_swap: 0 }), []],
    ['some where the hub gives none', swapping(1, { memory_swap: 0 }), [key]],
    ['without end where the hub gives it', swapping(-1, { memory_swap: -1 }), []],
  ])('swap of a user is judged: %s', (_, asked, expected) => {
    expect(refused({}, asked)).toEqual(expected)
  })

  test('swap of a user is bounded by a policy, which groups widen', () => {
    const policy = {
      user: { resources: { swap: '1M' } },
      groups: { big: { resources: { swap: '1G' } } },
    }
    expect(refused(policy, swapping(GIB))).toEqual([key])
    expect(refused(policy, { ...swapping(GIB), groups: ['big'] })).toEqual([])
    expect(refused(policy, { ...swapping(-1), groups: ['big'] })).toEqual([key])
  })

  test('how eagerly swap is used is a field, which a user has if it is listed', () => {
    const asked = { user_options: { resource_spec: { memory_swappiness: 0 } } }
    expect(refused({}, asked)).toEqual(['user_options.resource_spec.memory_swappiness'])
    expect(refused({ user: { fields: ['memory_swappiness'] } }, asked)).toEqual([])
    const config = { resource_spec: { memory_swappiness: 0 } }
    expect(refused({}, { config })).toEqual([])
    expect(refused({ admin: { fields: [] } }, { config })).toEqual([
      'resource_spec.memory_swappiness',
    ])
  })
})

describe('what a hub may mount by a line of the policy', () => {
  const lineOf = (policy: unknown, config: object): string => {
    const { verdicts } = planSpec('main', requestOf({ config }), policyOf(policy))
    const rule = verdicts.find(({ verdict }) => verdict === 'refused')?.rule ?? ''
    return /; to allow it, add to the policy: (.+)$/.exec(rule)?.[1] ?? ''
  }
  const option = (device: string) => ({
    source: 'v',
    target: '/v',
    driver_config: { options: { type: 'none', o: 'bind', device } },
  })

  test.each<[string, unknown, string]>([
    ['a directory', '/home/lab:/x', "['/home/lab', '/srv', "],
    ['one with detours', '//home/./lab/:/x', "['/home/lab', '/srv', "],
    ["a user's own", '/home/{username}:/x', "['/home/{username}', '/srv', "],
    ["a user's own, by name", '/home/{raw_username}:/x', "['/home/{raw_username}', '/srv', "],
    ['one with an apostrophe', "/home/o'hara:/x", "['/home/o''hara', '/srv', "],
    ['one of the node itself', '/etc/ssl/certs:/x', "['/etc/ssl/certs', '/srv', "],
    ['the socket of an engine', '/srv/docker.sock:/x', "['/srv/docker.sock', '/srv', "],
    ['a directory, by options', option('/home/lab'), "['/home/lab', '/srv', "],
  ])('the line of the policy is told with the refusal of a mount: %s', (_, mount, words) => {
    const config = { mounts: [mount, '/srv/x:/y'] }
    const line = lineOf({}, config)
    expect(line).toContain(`admin: {mounts: {bind: ${words}`)
    expect(refused({}, { config })).toEqual(['mounts.0'])
    expect(refused(parseYaml(line), { config })).toEqual([])
  })

  test('the line of the policy for a mount has what the policy listed before', () => {
    const policy = { admin: { mounts: { bind: ['/lab:ro', '*'] } } }
    const line = lineOf(policy, { mounts: ['/etc:/x'] })
    expect(line).toBe("admin: {mounts: {bind: ['/etc', '/lab:ro', '*']}}")
    const many = Array.from({ length: 40 }, (_, index) => `/lab-${index}`)
    const config = { mounts: ['/etc:/x'] }
    const { verdicts } = planSpec(
      'main',
      requestOf({ config }),
      policyOf({ admin: { mounts: { bind: many } } }),
    )
    expect(verdicts.map(({ rule }) => rule)).toContainEqual(
      expect.stringMatching(/; to allow it, add to admin\.mounts\.bind of the policy: '\/etc'$/),
    )
  })

  test.each([
    ['a relative path', { type: 'bind', source: 'home', target: '/x' }],
    ['one that goes up', '/srv/../home:/x'],
    ['one that means more as a pattern', '/home/*:/x'],
    ['what is nothing but long', `/${'x'.repeat(10_000)}:/x`],
    ["the Engine's own data", '/var/lib/docker:/x'],
    [
      'what may be a password',
      { target: '/x', driver_config: { name: 'p', options: { password: '/canary-7f3a' } } },
    ],
  ])('the line of the policy for a mount is not told for %s', (_, mount) => {
    const { verdicts } = planSpec('main', requestOf({ config: { mounts: [mount] } }), policyOf({}))
    const rules = verdicts.filter(({ verdict }) => verdict === 'refused').map(({ rule }) => rule)
    expect(rules).toEqual([expect.not.stringMatching(/add to|canary/)])
  })

  test('the line of the policy for a mount is told to no user', () => {
    const user_options = { mounts: ['/home:/x'] }
    const policy = { user: { mounts: { bind: ['/data'] } } }
    const { verdicts } = planSpec('main', requestOf({ user_options }), policyOf(policy))
    expect(verdicts.at(-1)?.rule).toMatch(/not listed$/)
  })

  test('`*` in the list of mounts means all except what is of the node itself', () => {
    const admin = { mounts: { bind: ['*'] } }
    const mounts = ['/home/lab:/a', '/opt/x:/b', '/etc:/c', '/srv/docker.sock:/d']
    expect(refused({ admin }, { config: { mounts } })).toEqual(['mounts.2', 'mounts.3'])
  })

  test.each([
    ['a share', { type: 'nfs', o: 'addr=10.0.0.1,rw', device: ':/home' }],
    ['a share of Windows', { type: 'cifs', o: 'username=a,password=/b', device: '//nas/home' }],
    ['a cluster file system', { type: 'ceph', o: 'name=a,secret=/A==', device: 'mon:/home' }],
    ['memory', { type: 'tmpfs', o: 'size=1m,uid=1000', device: 'tmpfs' }],
  ])('a hub may mount %s without a line of the policy', (_, options) => {
    const config = { mounts: [{ source: 'v', target: '/v', driver_config: { options } }] }
    expect(refused({}, { config })).toEqual([])
  })

  test("a hub may mount a plugin's address of another machine without a line of the policy", () => {
    const options = { sshcmd: 'lab@nas.example.org:/home/lab', url: 'https://nas.example.org/x' }
    const driver_config = { name: 'vieux/sshfs', options }
    const config = { mounts: [{ source: 'v', target: '/v', driver_config }] }
    expect(refused({}, { config })).toEqual([])
  })
})

describe('several hubs', () => {
  const several = (policy: unknown) =>
    completePolicy(v.parse(PolicyFile, policy), ['main', 'main-2', 'other'])
  const rulesOf = (policy: unknown, config: object): string[] =>
    planSpec('main', requestOf({ config }), several(policy))
      .verdicts.filter(({ verdict }) => verdict === 'refused')
      .map(({ rule }) => rule)

  test('several hubs keep the volumes of before by a line of the policy, which the refusal tells', () => {
    const config = { mounts: ['jupyter-{username}:/home'] }
    const [rule = ''] = rulesOf({}, config)
    const [, line = ''] = /add to the policy: (.+)$/.exec(rule) ?? []
    expect(line).toBe("admin: {mounts: {volume: ['jupyter-{username}', '{hub}', '{hub}.*']}}")
    expect(rulesOf(parseYaml(line), config)).toEqual([])
    expect(rulesOf({}, { mounts: ['main.home-{username}:/home'] })).toEqual([])
  })

  test('several hubs are told no line for what is called after another hub', () => {
    for (const name of ['other.home', 'other-home', 'main-2.home'])
      expect(rulesOf({}, { mounts: [`${name}:/x`] })).toEqual([
        expect.stringMatching(/another hub$/),
      ])
  })

  test('several hubs have prefixes of their own, and may use those that are of no hub', () => {
    for (const service_prefix of ['main', 'main-lab', 'jupyter', 'lab', undefined])
      expect(rulesOf({}, { service_prefix })).toEqual([])
    for (const service_prefix of ['main-2', 'main-2-x', 'other', 'OTHER_x'])
      expect(rulesOf({}, { service_prefix })).toEqual([expect.stringContaining('another hub')])
  })

  test('explain holds several hubs to their names: a start would be refused', () => {
    const { verdicts } = planSpec(
      'main',
      requestOf({ config: { service_prefix: 'other' } }),
      several({}),
    )
    expect(verdicts[0]).toMatchObject({ path: 'Name', from: 'service_prefix', verdict: 'refused' })
  })
})

describe('a policy can bound a hub', () => {
  test.each<[string, object, object, string]>([
    ['by roots', { mounts: { bind: ['/srv'] } }, { mounts: ['/data:/x'] }, 'mounts.0'],
    ['by images', { images: ['busybox'] }, {}, 'container_spec.image'],
    ['by networks', { networks: ['a-*'] }, {}, 'networks.0'],
    ['by a ceiling', { resources: { cpus: 2 } }, { cpu_limit: 3 }, 'cpu_limit'],
    ['by a ceiling, also of none', { resources: { memory: '1G' } }, {}, 'resource_spec.mem_limit'],
    [
      'by a ceiling of swap',
      { resources: { swap: 0 } },
      { resource_spec: { mem_limit: 2 ** 30, memory_swap: 1 } },
      'resource_spec.memory_swap',
    ],
    [
      'by a ceiling of swap, also of none',
      { resources: { swap: '1G' } },
      {},
      'resource_spec.memory_swap',
    ],
    ['by fields', { fields: ['args'] }, { endpoint: 'vip' }, 'endpoint'],
    ['by placement', { placement: [] }, { placement: ['node.id==x'] }, 'placement.0'],
  ])('a policy can bound a hub %s', (_, admin, config, from) => {
    expect(refused({ admin }, { config })).toEqual([from])
    expect(refused({}, { config })).toEqual([])
  })

  test('a policy can let a hub have what is kept back', () => {
    const admin = {
      mounts: {
        bind: ['*', '/etc/ssl/certs'],
        drivers: { local: { type: 'ext4', device: '/dev/sdb' } },
      },
      networks: ['*', 'host'],
      capabilities: ['*', 'SYS_PTRACE'],
      secrets: ['shared-*'],
      labels: ['*', 'traefik.*'],
      fields: ['*' as const, 'sysctls', 'privileges'],
    }
    const secret = { SecretID: 'a', SecretName: 'shared-ca' }
    const config = {
      networks: ['host'],
      labels: { 'traefik.enable': 'true' },
      container_spec: {
        image: 'a',
        cap_add: ['SYS_PTRACE'],
        secrets: [secret],
        sysctls: { 'net.core.somaxconn': '1024' },
        privileges: { Seccomp: { Mode: 'unconfined' } },
      },
      mounts: [
        '/etc/ssl/certs:/certs:ro',
        {
          source: 'd',
          target: '/d',
          driver_config: { options: { type: 'ext4', device: '/dev/sdb' } },
        },
      ],
    }
    expect(refused({ admin }, { config })).toEqual([])
    expect(refused({}, { config })).toHaveLength(8)
  })
})

describe('what the old README shows', () => {
  test('user options of the old README work without any policy file', () => {
    const config = { placement: ['node.role==worker'], resource_spec: { cpu_limit: 2e9 } }
    const made = spec(
      {},
      {
        config,
        user_options: {
          container_spec: {
            args: ['/usr/local/bin/start-singleuser.sh'],
            Image: 'jupyter/scipy-notebook',
            mounts: [{ type: 'volume', source: 'jupyterhub-user-{username}', target: '/home' }],
            resource_spec: { cpu_limit: 1e9, mem_limit: 512e6, cpu_reservation: 1e9 },
            placement: ['node.labels.ssd == true'],
            network: [],
            name: '',
          },
        },
      },
    )
    expect(made).toMatchObject({
      ContainerSpec: { Mounts: [{ Type: 'volume', Source: `jupyterhub-user-${OWN}` }] },
      Placement: { Constraints: ['node.role==worker', 'node.labels.ssd == true'] },
      Resources: { Limits: { NanoCPUs: 1e9, MemoryBytes: 512e6 } },
      Networks: [{ Target: 'jupyterhub' }],
    })
  })

  test('an empty value of a user says nothing, and takes nothing back', () => {
    const config = {
      container_spec: { image: 'a', args: ['x'], cap_drop: ['ALL'], read_only: true },
      placement: ['node.role==worker'],
      mounts: ['a:/a'],
    }
    const empty = { Image: '', args: [], cap_drop: [], mounts: [], placement: {}, network: [] }
    const alone = spec({}, { config })
    expect(spec({}, { config, user_options: { container_spec: empty } })).toEqual(alone)
    expect(spec({}, { config, user_options: { image: '', mounts: [], placement: [] } })).toEqual(
      alone,
    )
  })
})
