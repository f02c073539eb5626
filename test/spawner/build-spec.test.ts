import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ServiceSpec } from '../../src/docker/service-spec.ts'
import { buildSpec, finishSpec } from '../../src/spawner/build-spec.ts'
import { SpawnError } from '../../src/spawner/errors.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import { BUILT_IN_POLICY, completePolicy } from '../../src/spawner/policy/policy.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'

const ALICE = '6384e2b2184bcbf58eccf10ca7a6563c'
const HOST = /^jupyter(?:hub)?-6384e2b2-1-[0-9a-f]{30}$/

/** A request as it comes in, with an image and a network unless told otherwise. */
const requestOf = (given: Record<string, unknown> = {}): StartRequest =>
  v.parse(StartRequest, {
    server: { username: 'alice' },
    spawn_id: 'spawn-1',
    issued_at: 1_700_000_000_000,
    config: { container_spec: { Image: 'notebook' }, networks: ['mynetwork'] },
    ...given,
  })

const build = (given: Record<string, unknown> = {}, policy = BUILT_IN_POLICY) =>
  buildSpec('main', requestOf(given), policy)

const buildConfig = (config: Record<string, unknown>) =>
  build({ config: { container_spec: { Image: 'notebook' }, networks: ['mynetwork'], ...config } })

const containerOf = (given: Record<string, unknown>) => build(given).spec.TaskTemplate.ContainerSpec

const refusal = (act: () => unknown): SpawnError => {
  try {
    act()
  } catch (error) {
    if (error instanceof SpawnError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the configuration of the old README, as a hub admin writes it', () => {
  const request = {
    start_timeout: 300,
    env: { JUPYTERHUB_API_TOKEN: 'secret', JUPYTERHUB_API_URL: 'http://hub:8081/hub/api' },
    config: {
      jupyterhub_service_name: 'NameOfTheService',
      networks: ['mynetwork'],
      notebook_dir: '/home/jovyan/work',
      container_spec: {
        args: ['/usr/local/bin/start-singleuser.sh'],
        Image: 'YourImage',
        mounts: [
          { type: 'bind', source: '/MountPointOnTheHost', target: 'MountPointInsideTheContainer' },
          { type: 'volume', source: 'jupyterhub-user-{username}', target: '/home/jovyan/work' },
          { type: 'volume', target: '/scratch' },
        ],
      },
      resource_spec: {
        cpu_limit: 1_000_000_000,
        mem_limit: 512_000_000,
        cpu_reservation: 1_000_000_000,
        mem_reservation: 512_000_000,
      },
      use_user_options: false,
      service_prefix: 'jupyterhub',
    },
  }
  const labels = {
    'org.swarmspawner.hub': 'main',
    'org.swarmspawner.service-name': `jupyterhub-${ALICE}-1`,
    'org.swarmspawner.owner': ALICE,
    'org.swarmspawner.username': 'alice',
    'org.swarmspawner.server-name': '',
    'org.swarmspawner.spawn-id': 'spawn-1',
    'org.swarmspawner.issued-at': '1700000000000',
    'org.swarmspawner.port': '8888',
    'org.swarmspawner.start-timeout': '300',
  }

  /** Its bind lies at none of the usual places for data. */
  const admin = { mounts: { bind: ['/MountPointOnTheHost'] } }
  const policy = completePolicy({ admin, user: {}, groups: {} })

  test('the configuration of the old README needs a line of the policy for its directory of the node, which the refusal tells', () => {
    const { code, message } = refusal(() => build(request))
    expect(code).toBe('not_allowed')
    expect(message).toMatch(
      /^container_spec\.mounts\.0: .*admin: \{mounts: \{bind: \['\/MountPointOnTheHost', '\/srv', .*\]\}\}$/,
    )
  })

  test('the configuration of the old README makes exactly this service', () => {
    expect(build(request, policy).spec).toEqual({
      Name: `jupyterhub-${ALICE}-1`,
      Labels: labels,
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'dnsrr' },
      TaskTemplate: {
        ContainerSpec: {
          Image: 'YourImage',
          Args: ['/usr/local/bin/start-singleuser.sh'],
          Labels: labels,
          Init: true,
          StopGracePeriod: 10_000_000_000,
          Env: [
            'NOTEBOOK_DIR=/home/jovyan/work',
            'JUPYTERHUB_API_TOKEN=secret',
            'JUPYTERHUB_API_URL=http://hub:8081/hub/api',
          ],
          Mounts: [
            {
              Type: 'bind',
              Source: '/MountPointOnTheHost',
              Target: 'MountPointInsideTheContainer',
            },
            { Type: 'volume', Source: `jupyterhub-user-${ALICE}`, Target: '/home/jovyan/work' },
            { Type: 'volume', Target: '/scratch' },
          ],
        },
        Networks: [{ Target: 'mynetwork', Aliases: [expect.stringMatching(HOST)] }],
        Resources: {
          Limits: { NanoCPUs: 1_000_000_000, MemoryBytes: 512_000_000 },
          Reservations: { NanoCPUs: 1_000_000_000, MemoryBytes: 512_000_000 },
        },
        RestartPolicy: { Condition: 'none' },
      },
    })
  })

  test('each value of a spec says which setting it came from', () => {
    const { sources, warnings } = build(request, policy)
    const ours = Object.keys(labels).flatMap((label) => [
      [`Labels.${label}`, 'hub'],
      [`TaskTemplate.ContainerSpec.Labels.${label}`, 'hub'],
    ])
    expect(sources).toEqual({
      Name: 'hub',
      'Mode.Replicated.Replicas': 'default',
      'EndpointSpec.Mode': 'default',
      'TaskTemplate.RestartPolicy.Condition': 'default',
      'TaskTemplate.ContainerSpec.Init': 'default',
      'TaskTemplate.ContainerSpec.StopGracePeriod': 'default',
      'TaskTemplate.ContainerSpec.Image': 'container_spec.Image',
      'TaskTemplate.ContainerSpec.Args': 'container_spec.args',
      'TaskTemplate.ContainerSpec.Mounts': 'container_spec.mounts',
      'TaskTemplate.ContainerSpec.Env.NOTEBOOK_DIR': 'notebook_dir',
      'TaskTemplate.ContainerSpec.Env.JUPYTERHUB_API_TOKEN': 'env.JUPYTERHUB_API_TOKEN',
      'TaskTemplate.ContainerSpec.Env.JUPYTERHUB_API_URL': 'env.JUPYTERHUB_API_URL',
      'TaskTemplate.Networks': 'networks',
      'TaskTemplate.Networks.0.Aliases.0': 'hub',
      'TaskTemplate.Resources.Limits.NanoCPUs': 'resource_spec.cpu_limit',
      'TaskTemplate.Resources.Limits.MemoryBytes': 'resource_spec.mem_limit',
      'TaskTemplate.Resources.Reservations.NanoCPUs': 'resource_spec.cpu_reservation',
      'TaskTemplate.Resources.Reservations.MemoryBytes': 'resource_spec.mem_reservation',
      ...Object.fromEntries(ours),
    })
    expect(warnings).toEqual([])
  })

  test("user_options as the old README nests them make the user's values", () => {
    const { spec, sources } = build(
      {
        ...request,
        config: {
          ...request.config,
          networks: ['mynetwork', 'theirs'],
          placement: ['node.role==worker'],
          use_user_options: undefined,
          use_user_option: true,
        },
        user_options: {
          container_spec: {
            args: '/usr/local/bin/start-singleuser.sh --debug',
            Image: 'theirs',
            mounts: [{ type: 'volume', source: '{username}', target: '/home' }],
            resource_spec: { cpu_limit: 500_000_000 },
            placement: ['node.labels.gpu==1'],
            network: ['theirs'],
            name: '',
          },
        },
      },
      policy,
    )
    expect(spec.TaskTemplate).toMatchObject({
      ContainerSpec: {
        Image: 'theirs',
        Args: ['/usr/local/bin/start-singleuser.sh', '--debug'],
        Mounts: [{ Type: 'volume', Source: ALICE, Target: '/home' }],
      },
      Resources: { Limits: { NanoCPUs: 500_000_000, MemoryBytes: 512_000_000 } },
      Placement: { Constraints: ['node.role==worker', 'node.labels.gpu==1'] },
      Networks: [{ Target: 'theirs' }],
    })
    expect(sources['TaskTemplate.Networks']).toBe('user_options.container_spec.network')
  })
})

describe('the host of a start', () => {
  const aliasesOf = (given: Record<string, unknown>) =>
    build(given).spec.TaskTemplate.Networks?.map(({ Aliases }) => Aliases)
  const config = (more: Record<string, unknown>) => ({
    config: { container_spec: { Image: 'notebook' }, networks: ['mynetwork'], ...more },
  })

  test('the host of a start is an alias on each network, after those of the configuration', () => {
    const own = build(config({})).labels.serviceName
    const networks = ['one', { target: 'two', aliases: [own] }]
    const [first, second] = aliasesOf(config({ networks })) ?? []
    expect(first).toEqual([expect.stringMatching(HOST)])
    expect(second).toEqual([own, ...(first ?? [])])
  })

  test('the host of a start may stand in the configuration, and is there once', () => {
    const [[host = ''] = []] = aliasesOf(config({})) ?? []
    const networks = [{ target: 'one', aliases: [host] }, 'two']
    expect(aliasesOf(config({ networks }))).toEqual([[host], [host]])
  })

  test('the host of a start is on the networks that the user chose', () => {
    const chosen = { use_user_options: true, networks: ['mynetwork', 'theirs'] }
    const given = { ...config(chosen), user_options: { network: ['theirs'] } }
    expect(aliasesOf(given)).toEqual([[expect.stringMatching(HOST)]])
  })

  test('the host of a start is another one for another spawn, and the same for the same spawn', () => {
    const [one, again, other] = ['spawn-1', 'spawn-1', 'spawn-2'].map((spawn_id) =>
      aliasesOf({ spawn_id }),
    )
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
  })

  test.each(['dnsrr', 'vip'])(
    'the host of a start is an alias with the endpoint %s',
    (endpoint) => {
      expect(aliasesOf(config({ endpoint }))).toEqual([[expect.stringMatching(HOST)]])
    },
  )

  test('the host of a start is not on a network of the node itself, whatever it is called', () => {
    const networkNames = new Map([['0ckndby1wfc3', { name: 'host' }]])
    const facts = { networkNames, dataRoot: undefined }
    const policy = { ...BUILT_IN_POLICY, admin: { ...BUILT_IN_POLICY.admin, networks: ['host'] } }
    for (const target of ['host', '0ckndby1wfc3']) {
      const given = requestOf(config({ networks: [target] }))
      const { spec, sources } = finishSpec(planSpec('main', given, policy), facts)
      expect(spec.TaskTemplate.Networks).toEqual([{ Target: target }])
      expect(Object.keys(sources).filter((path) => path.includes('Aliases'))).toEqual([])
    }
  })

  test('the host of a start is left out if the hub wants the name of the service', () => {
    expect(aliasesOf(config({ url_host: 'service' }))).toEqual([undefined])
    expect(aliasesOf(config({ url_host: 'start' }))).toEqual([[expect.stringMatching(HOST)]])
  })
})

describe('who the server is', () => {
  test.each([
    ['nothing said', {}, { port: 8888, startTimeoutS: 60 }],
    ["the request's", { port: 80, start_timeout: 5 }, { port: 80, startTimeoutS: 5 }],
    [
      "the configuration's",
      { config: { service_image: 'a', service_port: 81, start_timeout: 6 } },
      { port: 81, startTimeoutS: 6 },
    ],
    [
      "the request's over the configuration's",
      {
        port: 80,
        start_timeout: 5,
        config: { service_image: 'a', service_port: 81, start_timeout: 6 },
      },
      { port: 80, startTimeoutS: 5 },
    ],
  ])(
    'port and timeout of a server come from the most specific setting: %s',
    (_, given, expected) => {
      expect(build(given).labels).toMatchObject(expected)
    },
  )

  test.each([
    ['the default', {}, {}, 'jupyter'],
    ['the configuration', {}, { service_prefix: 'a' }, 'a'],
    ['the server', { service_prefix: 'b' }, { service_prefix: 'a' }, 'b'],
    ['None', {}, { service_prefix: null }, 'jupyter'],
  ])('the prefix of a server comes from %s', (_, server, config, prefix) => {
    const given = {
      server: { username: 'alice', ...server },
      config: { service_image: 'x', ...config },
    }
    expect(build(given).spec.Name).toBe(`${prefix}-${ALICE}-1`)
  })

  test("{server_name} is the server's part of the service name", () => {
    const config = { service_image: 'x', labels: { a: '{server_name}' } }
    const labelOf = (server_name: string) =>
      build({ server: { username: 'alice', server_name }, config }).spec.Labels?.['a']
    expect(labelOf('')).toBe('1')
    expect(labelOf('lab')).toBe('lab')
    expect(labelOf('My Lab')).toMatch(/^my-lab--[0-9a-f]{8}$/)
  })

  test('a prefix that Swarm would refuse is refused before anything else', () => {
    const error = refusal(() => buildConfig({ service_prefix: 'a.b', container_spec: 7 }))
    expect(error.code).toBe('invalid_name')
  })
})

describe('the command', () => {
  const image = { Image: 'notebook' }
  test.each([
    ['the image decides', {}, undefined, undefined, undefined],
    ['container_spec.args', { args: ['a'] }, undefined, ['a'], 'container_spec.args'],
    ['the hub', {}, { cmd: ['c'] }, ['c'], 'cmd'],
    [
      'container_spec.args over the hub',
      { args: ['a'] },
      { cmd: ['c'] },
      ['a'],
      'container_spec.args',
    ],
    ["the hub's args follow its cmd", {}, { cmd: ['c'], args: ['-x'] }, ['c', '-x'], 'cmd, args'],
    [
      "the hub's args follow container_spec.args",
      { args: ['a'] },
      { cmd: ['c'], args: ['-x'] },
      ['a', '-x'],
      'container_spec.args, args',
    ],
    ["the hub's args alone", {}, { args: ['-x'] }, ['-x'], 'args'],
    ['empty lists say nothing', {}, { cmd: [], args: [] }, undefined, undefined],
    ['None says nothing', {}, { cmd: null, args: null }, undefined, undefined],
    [
      'a text is split',
      { args: 'a -b' },
      { args: ['-x'] },
      ['a', '-b', '-x'],
      'container_spec.args, args',
    ],
  ])('the command of a server is as set: %s', (_, container_spec, given, expected, from) => {
    const built = build({ ...given, config: { container_spec: { ...image, ...container_spec } } })
    expect(built.spec.TaskTemplate.ContainerSpec.Args).toEqual(expected)
    expect(built.sources['TaskTemplate.ContainerSpec.Args']).toBe(from)
    expect(built.spec.TaskTemplate.ContainerSpec.Command).toBeUndefined()
  })

  test('container_spec.command is the entrypoint', () => {
    const config = { container_spec: { ...image, command: 'tini --', args: 'lab' } }
    expect(containerOf({ config })).toMatchObject({ Command: ['tini', '--'], Args: ['lab'] })
  })

  test("args that are no list are refused, also where the hub's follow", () => {
    const config = { container_spec: { ...image, args: 7 } }
    const error = refusal(() => build({ config, args: ['-x'] }))
    expect(error.issues).toEqual([{ path: 'container_spec.args', message: 'must be a list' }])
  })
})

describe('the environment', () => {
  test('the environment of the hub wins over that of the settings, name by name', () => {
    const config = {
      container_spec: { Image: 'x', env: { A: 'spec', B: 'spec', C: 'spec' } },
      environment: { A: 'setting', D: 'setting' },
    }
    const { Env } = containerOf({ config, env: { A: 'hub', E: 'hub' } })
    expect(Env?.toSorted()).toEqual(['A=hub', 'B=spec', 'C=spec', 'D=setting', 'E=hub'])
  })

  test('the environment may have numbers, booleans and None', () => {
    const { Env } = containerOf({ env: { A: 1, B: true, C: null, D: '' } })
    expect(Env).toEqual(['A=1', 'B=true', 'D='])
  })

  test('the environment of the hub is text to the Engine, for a user may have had a say in it', () => {
    const { Env } = containerOf({ env: { A: '{{.Node.ID}}' } })
    expect(Env).toEqual(['A={{"{{"}}.Node.ID}}'])
  })
})

describe('our labels are ours', () => {
  const label = 'org.swarmspawner.username'
  test.each([
    ['labels', { labels: { [label]: 'bob' } }, `labels.${label}`],
    [
      'container_spec.labels',
      { container_spec: { Image: 'x', labels: { [label]: 'bob' } } },
      `container_spec.labels.${label}`,
    ],
  ])('our labels are refused in %s', (_, config, path) => {
    const error = refusal(() => buildConfig(config))
    expect(error.issues).toEqual([{ path, message: 'is a label of the spawner itself' }])
  })

  test('our labels are refused from a user, too', () => {
    const user_options = { container_spec: { Labels: { [label]: 'bob' } } }
    const config = { service_image: 'x', use_user_options: true }
    const error = refusal(() => build({ config, user_options }))
    expect(error.message).toBe(
      `user_options.container_spec.Labels.${label}: is a label of the spawner itself`,
    )
  })

  test('labels that are not ours are let through', () => {
    const { spec } = buildConfig({ labels: { 'org.swarm': 'x' } })
    expect(spec.Labels?.['org.swarm']).toBe('x')
  })
})

describe('warnings', () => {
  test('a server that nobody can reach has a warning', () => {
    const none = ['networks: none, so that neither the hub nor its proxy can reach the server']
    expect(build({ config: { service_image: 'x' } }).warnings).toEqual(none)
    expect(buildConfig({ networks: [] }).warnings).toEqual(none)
  })

  test("args that take the place of the image's own command have a warning", () => {
    const warning = "args: they replace the image's own command; set cmd or container_spec.args too"
    expect(build({ args: ['--debug'] }).warnings).toEqual([warning])
    expect(build({ args: ['--debug'], cmd: ['lab'] }).warnings).toEqual([])
    const config = { container_spec: { image: 'x', args: ['lab'] }, networks: ['n'] }
    expect(build({ args: ['--debug'], config }).warnings).toEqual([])
  })

  test.each([
    ['no mount at all', '/home/jovyan', [], true],
    ['a mount beside it', '/home/jovyan', ['a:/home/jovyan2'], true],
    ['a mount below it', '/home/jovyan', ['a:/home/jovyan/work'], true],
    ['a mount at it', '/home/jovyan/', ['a:/home/jovyan'], false],
    ['a mount above it', '/home/jovyan/work', ['b:/data', 'a:/home//jovyan/'], false],
    ['a mount that a template places', '/home/jovyan', ['a:/home/{{.Node.Hostname}}'], false],
    ['a home that only the image knows', '~/work', [], false],
    ['nothing', null, [], false],
  ])('of a notebook_dir with %s', (_, notebook_dir, mounts, isWarned) => {
    const warnings = buildConfig({ networks: ['n'], notebook_dir, mounts }).warnings
    expect(warnings.some((warning) => /^notebook_dir: lies outside/.test(warning))).toBe(isWarned)
  })
})

describe('refusals', () => {
  test('the refusal of a missing image says that it is missing', () => {
    const error = refusal(() => build({ config: {} }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toBe(
      'container_spec.image: is missing: name the image of the notebook server',
    )
  })

  test.each([
    [
      'an image that is none',
      { container_spec: { image: 7 } },
      'container_spec.image: must be a text',
    ],
    [
      'a flag that is none',
      { container_spec: { Image: 'x', tty: 'yes' } },
      'container_spec.tty: must be true or false',
    ],
    ['a label that is none', { labels: { a: 7 } }, 'labels.a: must be a text'],
    [
      'a fraction',
      { resource_spec: { cpu_limit: 1e9 + 0.5 } },
      'resource_spec.cpu_limit: must be a whole number',
    ],
    [
      'a CPU as text',
      { resource_spec: { cpu_limit: 'one' } },
      "resource_spec.cpu_limit: must be a number of billionths of a CPU (1000000000 is one), or a text of CPUs such as '0.5'",
    ],
    [
      'an unknown field of the Engine',
      { resource_spec: { Limits: { Cpus: 1 } } },
      'resource_spec.Limits.Cpus: is not a field of a service',
    ],
    [
      'a kind of mount',
      { mounts: [{ type: 'nfs', target: '/x' }] },
      "mounts.0.type: must be 'bind', 'volume', 'tmpfs', 'npipe' or 'cluster'",
    ],
    [
      'a restart policy',
      { restart_policy: 'always' },
      "restart_policy: must be 'none', 'on-failure' or 'any'",
    ],
    ['a constraint', { placement: [7] }, 'placement.0: must be a text such as'],
    [
      'an address that is none',
      { container_spec: { Image: 'x', hosts: { a: { toString: 1 } } } },
      "container_spec.hosts.a: must be '10.0.0.1 lms' as in hosts(5)",
    ],
    [
      'a network without a name',
      { networks: [{ aliases: ['x'] }] },
      'networks.0.target: is missing',
    ],
    [
      'generic resources',
      { resource_spec: { generic_resources: { gpu: true } } },
      'resource_spec.generic_resources.gpu: must be a count',
    ],
  ])('a refusal names %s', (_, config, message) => {
    expect(refusal(() => buildConfig(config)).message).toContain(message)
  })

  test('a refusal names all that is wrong at once', () => {
    const config = { labels: { a: 7 }, placement: [8], networks: [{ Target: 9 }] }
    const paths = refusal(() => buildConfig(config)).issues.map(({ path }) => path)
    expect(paths.toSorted()).toEqual(['labels.a', 'networks.0.Target', 'placement.0'])
  })

  test('name all that cannot be read at once', () => {
    const config = {
      container_spec: { stop_grace_period: 'soon', args: '"' },
      labels: { a: '{user}', b: '{user}' },
      placement: ['foo', 'node.id==a', 'bar'],
      mounts: ['{user}:/x', 'a:/y', ':::'],
      networks: [{ Target: 'a', net: 1 }, 7],
    }
    const paths = refusal(() => buildConfig(config)).issues.map(({ path }) => path)
    expect(paths.toSorted()).toEqual([
      ...['container_spec.args', 'container_spec.stop_grace_period', 'labels.a', 'labels.b'],
      ...['mounts.0', 'mounts.2', 'networks.0.net', 'networks.1', 'placement.0', 'placement.2'],
    ])
  })

  const CANARY = 'canary-4711'
  const wrong: Record<string, unknown>[] = [
    { container_spec: CANARY },
    { container_spec: { Image: [CANARY] } },
    { container_spec: { Image: 'x', args: [[CANARY]] } },
    { container_spec: { Image: 'x', env: CANARY } },
    { container_spec: { Image: 'x', env: { A: [CANARY] } } },
    { container_spec: { Image: 'x', env: { A: `${CANARY}\0` } } },
    { container_spec: { Image: 'x', env: [`=${CANARY}`] } },
    { container_spec: { Image: 'x', tty: CANARY } },
    { container_spec: { Image: 'x', isolation: CANARY } },
    { container_spec: { Image: 'x', secrets: [CANARY] } },
    { container_spec: { Image: 'x', name: CANARY } },
    { container_spec: { Image: 'x', sysctls: CANARY } },
    { container_spec: { Image: 'x', hosts: { a: 'b' }, groups: CANARY } },
    { mounts: CANARY },
    { mounts: [`a:b:${CANARY}`] },
    { mounts: [{ type: CANARY, target: '/x' }] },
    { mounts: [{ type: CANARY, target: '/x', propagation: 'shared' }] },
    { mounts: [{ type: 'tmpfs', source: CANARY, target: '/x' }] },
    { mounts: [{ type: 'tmpfs', target: '/x', tmpfs_size: CANARY }] },
    { mounts: [{ type: 'bind', source: 'x', target: [CANARY] }] },
    { mounts: [{ target: '/x', read_only: CANARY }] },
    { mounts: [{ target: '/x', driver_config: [CANARY] }] },
    { resource_spec: CANARY },
    { resource_spec: { cpu_limit: CANARY } },
    { resource_spec: { generic_resources: CANARY } },
    { resource_spec: { generic_resources: [CANARY] } },
    { mem_limit: CANARY },
    { placement: CANARY },
    { placement: { preferences: CANARY } },
    { placement: { platforms: [[[CANARY]]] } },
    { placement: { max_replicas: CANARY } },
    { networks: [[CANARY]] },
    { networks: [{ Target: 'x', Aliases: CANARY }] },
    { labels: CANARY },
    { labels: { a: [CANARY] } },
    { environment: CANARY },
    { restart_policy: CANARY },
    { restart_policy: { delay: CANARY } },
    { stop_grace_period: CANARY },
    { healthcheck: [CANARY] },
    { healthcheck: { test: { x: CANARY } } },
    { healthcheck: { interval: CANARY } },
    { log_driver: { name: [CANARY] } },
    { log_driver: [CANARY] },
    { service_prefix: `${CANARY}.` },
  ]

  test.each(wrong)('a refusal never repeats a value of a hub: %j', (config) => {
    const error = refusal(() => buildConfig(config))
    expect(JSON.stringify([error.message, error.issues])).not.toContain(CANARY)
  })

  test.each([
    { image: [CANARY] },
    { name: CANARY },
    { networks: { Target: [CANARY] } },
    { container_spec: CANARY },
    CANARY,
    [CANARY],
  ])('a refusal never repeats a value of a user: %j', (user_options) => {
    const config = { service_image: 'x', use_user_options: true }
    const error = refusal(() => build({ config, user_options }))
    expect(JSON.stringify([error.message, error.issues])).not.toContain(CANARY)
    expect(error.message).toMatch(/^user_options/)
  })

  test('a refusal never repeats the name of a user that cannot be part of a path', () => {
    const config = { service_image: 'x', mounts: ['/home/{raw_username}:/home'] }
    const error = refusal(() => build({ config, server: { username: `../${CANARY}` } }))
    expect(error.message).toBe(
      "mounts.0: {raw_username} can't be part of a path for this user; use {username}",
    )
  })
})

const POISON = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']

describe('names of the language are names like any other', () => {
  /** As a body has it: JSON.parse makes an own property of any name. */
  const dict = (key: string, value: unknown): unknown =>
    JSON.parse(`{${JSON.stringify(key)}: ${JSON.stringify(value)}}`)

  const attempt = (config: Record<string, unknown>, more: Record<string, unknown> = {}) => {
    const request = v.safeParse(StartRequest, {
      server: { username: 'alice' },
      config: { service_image: 'x', use_user_options: true, ...config },
      ...more,
    })
    if (!request.success) return
    try {
      expect(v.is(ServiceSpec, buildSpec('main', request.output).spec)).toBe(true)
    } catch (error) {
      expect(error).toBeInstanceOf(SpawnError)
    }
  }

  const polluted = { polluted: 'yes' }

  test.each(POISON)('the name %s in any dict neither crashes nor pollutes', (key) => {
    for (const value of ['yes', polluted, null]) {
      const bad = dict(key, value)
      for (const name of [
        'container_spec',
        'resource_spec',
        'placement',
        'labels',
        'environment',
        'restart_policy',
        'healthcheck',
        'log_driver',
      ]) {
        attempt({ [name]: bad })
        attempt({}, { user_options: { [name]: bad } })
      }
      for (const name of ['env', 'labels', 'sysctls', 'privileges', 'dns_config', 'hosts'])
        attempt({ container_spec: { Image: 'x', [name]: bad } })
      for (const name of ['driver_config', 'labels', 'VolumeOptions'])
        attempt({ mounts: [{ target: '/x', [name]: bad }] })
      attempt({ mounts: [bad], networks: [bad] })
      attempt({ mounts: [{ target: '/x', driver_config: { options: bad } }] })
      attempt({ resource_spec: { generic_resources: bad } })
      attempt({ resource_spec: { Limits: bad } })
      attempt({}, { env: bad, user_options: bad })
    }
    expect(Object.keys(Object.prototype)).toEqual([])
    expect('polluted' in {}).toBe(false)
  })

  test.each(POISON)('a variable or a label may be called %s, and is carried', (name) => {
    const given = dict(name, '1')
    const config = { container_spec: { Image: 'x', env: given, labels: given }, labels: given }
    const { spec } = build({ config })
    const { Env, Labels } = spec.TaskTemplate.ContainerSpec
    expect(Env).toEqual([`${name}=1`])
    expect(Object.entries(Labels ?? {})).toContainEqual([name, '1'])
    expect(Object.entries(spec.Labels ?? {})).toContainEqual([name, '1'])
    expect(containerOf({ env: given }).Env).toEqual([`${name}=1`])
  })
})

describe('half of a surrogate pair', () => {
  const half = '\ud83d'
  test.each<[string, Record<string, unknown>]>([
    ['env.A', { env: { A: `x${half}` } }],
    ['labels.a', { config: { service_image: 'a', labels: { a: half } } }],
    ['container_spec.args', { config: { container_spec: { image: 'a', args: [half] } } }],
    ['mounts', { config: { service_image: 'a', mounts: [{ target: `/${half}` }] } }],
  ])(
    'half of a surrogate pair in %s is refused: the Engine would make another character of it',
    (path, given) => {
      const { issues } = refusal(() => build(given))
      expect(issues).toEqual([
        { path, message: 'contains half of a surrogate pair, which is not a valid character' },
      ])
    },
  )

  test.each([{ username: `a${half}` }, { username: 'a', server_name: half }])(
    'half of a surrogate pair in a name (%j) is refused, for no label would find it again',
    (server) => {
      expect(v.safeParse(StartRequest, { server }).success).toBe(false)
    },
  )

  test('half of a surrogate pair is not the same as the whole', () => {
    expect(containerOf({ env: { A: '\ud83d\ude00' } }).Env).toEqual(['A=\ud83d\ude00'])
  })
})

describe('whatever comes, there is a spec or a refusal', () => {
  const names = fc.constantFrom(
    ...POISON,
    'Image',
    'image',
    'args',
    'env',
    'labels',
    'mounts',
    'type',
    'source',
    'target',
    'driver_config',
    'options',
    'VolumeOptions',
    'TmpfsOptions',
    'tmpfs_size',
    'resource_spec',
    'cpu_limit',
    'generic_resources',
    'Limits',
    'placement',
    'constraints',
    'preferences',
    'platforms',
    'network',
    'networks',
    'name',
    'healthcheck',
    'test',
    'interval',
    'condition',
    'delay',
    'hosts',
    'stop_grace_period',
    'container_spec',
  )
  const { json } = fc.letrec<{ json: unknown; dict: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom('', 'volume', 'a:b', '10s', '{username}', '{{', 'spread=x', 'linux/amd64'),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(0, 1, -1, 1e9, 4_194_304, 2 ** 53),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('json'), { maxLength: 3 }),
      tie('dict'),
    ),
    dict: fc.dictionary(fc.oneof(names, fc.string({ maxLength: 4 })), tie('json'), { maxKeys: 5 }),
  }))
  const settings = fc.constantFrom(
    'container_spec',
    'mounts',
    'resource_spec',
    'networks',
    'placement',
    'labels',
    'environment',
    'restart_policy',
    'stop_grace_period',
    'log_driver',
    'healthcheck',
    'mem_limit',
    'cpu_limit',
  )

  const check = (given: Record<string, unknown>): boolean => {
    const request = v.safeParse(StartRequest, { server: { username: 'alice' }, ...given })
    if (!request.success) return false
    try {
      const { spec } = buildSpec('main', request.output)
      expect(v.safeParse(ServiceSpec, JSON.parse(JSON.stringify(spec))).issues).toBeUndefined()
      return true
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error
      expect(error.message).not.toBe('')
      return false
    }
  }

  test('any settings give a spec or a refusal', () => {
    fc.assert(
      fc.property(settings, json, settings, json, (a, x, b, y) => {
        check({ config: { service_image: 'x', [a]: x, [b]: y } })
      }),
      { numRuns: 1500 },
    )
  })

  test('any user_options give a spec or a refusal', () => {
    fc.assert(
      fc.property(json, fc.dictionary(names, json, { maxKeys: 3 }), (any, dict) => {
        check({ config: { service_image: 'x', use_user_options: true }, user_options: any })
        check({ config: { service_image: 'x', use_user_options: true }, user_options: dict })
      }),
      { numRuns: 1000 },
    )
  })

  test('any environment gives a spec or a refusal', () => {
    const value = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null))
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (env) => {
        check({ config: { service_image: 'x' }, env })
      }),
    )
  })

  test('any JSON at all gives a spec or a refusal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (config, user_options) => {
        check({ config, user_options })
        check({ config: { service_image: 'x', container_spec: config }, user_options })
      }),
    )
  })

  test('the same request makes the same spec, and is not changed', () => {
    fc.assert(
      fc.property(settings, json, (name, value) => {
        const config = { service_image: 'x', [name]: value }
        const before = JSON.stringify(config)
        expect(check({ config })).toBe(check({ config }))
        expect(JSON.stringify(config)).toBe(before)
      }),
      { numRuns: 300 },
    )
  })
})
