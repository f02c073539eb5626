import {
  type Attempt,
  CONTAINER,
  container,
  type Family,
  local,
  MOUNTS,
  many,
  OWN,
  volume,
} from './attempt.ts'

const ask = (name: string, options: unknown, at: string): Attempt => ({ name, options, at })
const onHub = (name: string, config: Record<string, unknown>, at: string): Attempt => ({
  name,
  config,
  at,
})
const dict = (count: number, value: unknown) =>
  Object.fromEntries(many(count, (index) => [`k${index}`, value]))
const file = { Name: 'x', UID: '0', GID: '0', Mode: 0o400 }

/** One byte more than fits is enough; the text of a variable is most of these options. */
const HUGE = 'x'.repeat(64 * 1024)

const TOO_LARGE: readonly Attempt[] = [
  ['a variable', { container_spec: { env: { A: HUGE } } }],
  ['a variable, as the Engine spells it', { container_spec: { Env: [`A=${HUGE}`] } }],
  ['the name of a variable', { container_spec: { env: { [HUGE]: 'x' } } }],
  ['thousands of variables', { container_spec: { env: dict(8000, 'x') } }],
  ['a word', { container_spec: { args: [HUGE] } }],
  ['a command in one text', { container_spec: { command: 'x '.repeat(33_000) } }],
  ['a directory', { container_spec: { workdir: `/${HUGE}` } }],
  ['an image', { image: `${HUGE}/x` }],
  ['a target of a mount', { mounts: [`/${HUGE}`] }],
  ['a constraint', { placement: [`node.labels.${HUGE}==1`] }],
  ['a network', { networks: [HUGE] }],
  ['a network thousands of times', { networks: many(7000, () => 'jupyterhub') }],
  ['an option that nobody knows', { [HUGE]: 1 }],
  ['empty lists', { mounts: many(30_000, () => []).slice(0, 19_000), x: HUGE }],
  ['letters of three bytes', { container_spec: { env: { A: '\u20ac'.repeat(22_000) } } }],
  ['characters that JSON escapes', { container_spec: { env: { A: '\u0001'.repeat(11_000) } } }],
  ['halves that fit alone', { image: HUGE.slice(9), container_spec: { env: { A: 'x' } } }],
].map(([name, options]) => ask(`by ${String(name)}`, options, 'user_options'))

/** Short as they are sent, and long as the Engine would have them. */
const WRITTEN_OUT: readonly Attempt[] = [
  ask(
    'by templates, which are escaped',
    { container_spec: { env: { A: '{{'.repeat(20_000) } } },
    'user_options',
  ),
  {
    ...ask('by placeholders', { mounts: [`/${'{username}'.repeat(4000)}`] }, 'config'),
    code: 'invalid_config',
  },
]

/** A list that is longer than one server needs, by the setting. */
const long = (name: string, options: Record<string, unknown>, at: string): Attempt =>
  ask(name, options, `user_options.${at}`)

const TOO_MANY: readonly Attempt[] = [
  container('variables', { env: dict(129, 'x') }),
  container('variables in a list', { env: many(129, (index) => `V${index}=x`) }),
  container('words', { args: many(129, () => 'x') }),
  container('words in one text', { args: 'x '.repeat(129) }),
  container('words of a command', { command: many(129, () => 'x') }),
  container('words, as the Engine spells it', { Args: many(129, () => 'x') }),
  container('labels', { labels: dict(33, 'x') }),
  container('groups', { groups: many(33, (index) => `${index}`) }),
  container('hosts', { hosts: dict(33, '10.0.0.9') }),
  container('hosts in a list', { hosts: many(33, () => '10.0.0.9 x') }),
  container('name servers', { dns_config: { nameservers: many(33, () => '10.0.0.9') } }),
  container('domains to search', { dns_config: { Search: many(33, (index) => `d${index}`) } }),
  container('options of a resolver', { DNSConfig: { options: many(33, () => 'ndots:1') } }),
  container('sysctls', { sysctls: dict(33, '1') }),
  container('ulimits', { ulimits: many(33, () => ({ Name: 'nofile', Soft: 1, Hard: 1 })) }),
  container('capabilities', { cap_add: many(33, () => 'CHOWN') }),
  container('capabilities to drop', { cap_drop: many(33, () => 'CHOWN') }),
  container('words of a check', { healthcheck: { test: many(129, () => 'x') } }),
  container('secrets', {
    secrets: many(33, () => ({ SecretID: 'a', SecretName: 'default-x', File: file })),
  }),
  container('configs', {
    configs: many(33, () => ({ ConfigID: 'a', ConfigName: 'default-x', File: file })),
  }),
  container('words about a credential', { privileges: { CredentialSpec: dict(33, 'x') } }),
  long('mounts', { mounts: many(33, (index) => `${OWN}-${index}:/v${index}`) }, 'mounts'),
  long('anonymous volumes', { mounts: many(33, (index) => `/v${index}`) }, 'mounts'),
  long(
    'mounts, nested',
    { container_spec: { Mounts: many(33, (index) => `/v${index}`) } },
    'container_spec.Mounts',
  ),
  long('labels of a volume', { mounts: [volume(OWN, { labels: dict(33, 'x') })] }, 'mounts'),
  long(
    'options of a driver',
    {
      mounts: [
        volume(OWN, {
          driver_config: local(Object.fromEntries(many(33, (index) => [`o${index}`, 'x']))),
        }),
      ],
    },
    'mounts',
  ),
  long('networks', { networks: many(33, (index) => `n${index}`) }, 'networks'),
  long(
    'aliases in a network',
    { networks: [{ target: 'jupyterhub', aliases: many(33, (index) => `a${index}`) }] },
    'networks',
  ),
  long('constraints', { placement: many(33, () => 'node.labels.a!=1') }, 'placement'),
  long(
    'preferences',
    { placement: { preferences: many(33, () => 'spread=node.labels.a') } },
    'placement.preferences',
  ),
  long(
    'platforms',
    { placement: { platforms: many(33, () => 'linux/amd64') } },
    'placement.platforms',
  ),
  long(
    'kinds of resources',
    { resource_spec: { generic_resources: dict(33, 1) } },
    'resource_spec.generic_resources',
  ),
]

const twice = (name: string, networks: unknown[], at = 'user_options.networks.1'): Attempt => ({
  name,
  at,
  options: { networks },
  code: 'invalid_config',
})
const alias = (aliases: string[]) => ({ target: 'jupyterhub', aliases })
const mistaken = (name: string, config: Record<string, unknown>, at: string): Attempt => ({
  ...onHub(name, config, at),
  code: 'invalid_config',
})

const ONE_NETWORK: readonly Attempt[] = [
  twice('twice', ['jupyterhub', 'jupyterhub']),
  twice(
    'as often as a list may be long',
    many(60, () => 'jupyterhub'),
  ),
  twice('once as an attachment', ['jupyterhub', { target: 'jupyterhub' }]),
  twice('with two lists of aliases', [alias(['a']), alias(['b'])]),
  twice('after another one', ['a', 'jupyterhub', 'jupyterhub'], 'user_options.networks.2'),
  {
    ...twice('nested', [], `${CONTAINER}.network.1`),
    options: { container_spec: { network: ['jupyterhub', 'jupyterhub'] } },
  },
  mistaken('by the hub', { networks: ['jupyterhub', 'jupyterhub'] }, 'networks.1'),
  mistaken(
    'by the hub, as often as a list may be long',
    { networks: many(60, () => 'jupyterhub') },
    'networks.19',
  ),
  mistaken(
    'by the hub, under other aliases',
    { networks: [alias(['lab']), { Target: 'jupyterhub', Aliases: ['lab2'] }] },
    'networks.1',
  ),
  mistaken(
    'by the hub, with options',
    { networks: ['jupyterhub', { target: 'jupyterhub', driver_opts: { a: 'b' } }] },
    'networks.1',
  ),
  mistaken(
    'by the hub, nested',
    { container_spec: { networks: ['jupyterhub', 'jupyterhub'] } },
    'container_spec.networks.1',
  ),
]

const ONE_PLACE: readonly Attempt[] = [
  ...['/x', '/x/', '//x', '/./x', '/a/../x', '/../x'].map((target) => ({
    name: `/x and ${target}`,
    at: `${MOUNTS}.1`,
    options: { mounts: ['/x', `${OWN}:${target}`] },
    code: 'invalid_config' as const,
  })),
  {
    name: 'a tmpfs over a volume',
    at: `${MOUNTS}.1`,
    options: { mounts: ['/x', { type: 'tmpfs', target: '/x', tmpfs_size: '1m' }] },
    code: 'invalid_config',
  },
  {
    name: 'nested',
    at: `${CONTAINER}.mounts.1`,
    options: { container_spec: { mounts: ['/x', '/x'] } },
    code: 'invalid_config',
  },
  mistaken('of the hub', { mounts: ['a:/x', 'b:/x'] }, 'mounts.1'),
  mistaken('of the hub, a bind over a volume', { mounts: ['a:/x', '/srv/a:/x/'] }, 'mounts.1'),
  mistaken(
    'of the hub, as the Engine spells it',
    {
      container_spec: {
        Mounts: [
          { Type: 'volume', Source: 'a', Target: '/x' },
          { Type: 'volume', Source: 'b', Target: '/x' },
        ],
      },
    },
    'container_spec.Mounts.1',
  ),
]

const tmpfs = (target: string, tmpfs_size: string | number) => ({
  type: 'tmpfs',
  target,
  tmpfs_size,
})

const MEMORY: readonly Attempt[] = [
  ask('by two', { mounts: [tmpfs('/a', '600m'), tmpfs('/b', '600m')] }, `${MOUNTS}.1`),
  ask('by one byte', { mounts: [tmpfs('/a', '1G'), tmpfs('/b', 1)] }, `${MOUNTS}.1`),
  ask('by many', { mounts: many(32, (index) => tmpfs(`/t${index}`, '64m')) }, `${MOUNTS}.16`),
  ask(
    'with something between',
    { mounts: [tmpfs('/a', '1G'), '/x', tmpfs('/b', '1m')] },
    `${MOUNTS}.2`,
  ),
  ask(
    'as the Engine spells it',
    {
      container_spec: {
        Mounts: many(2, (index) => ({
          Type: 'tmpfs',
          Target: `/t${index}`,
          TmpfsOptions: { SizeBytes: 2 ** 30 },
        })),
      },
    },
    `${CONTAINER}.Mounts.1`,
  ),
]

const pids = (name: string, amount: unknown, more: Partial<Attempt> = {}): Attempt => ({
  name,
  at: 'user_options.resource_spec.Limits.Pids',
  options: { resource_spec: { Limits: { Pids: amount } } },
  ...more,
})

const PROCESSES: readonly Attempt[] = [
  pids('more than a server needs', 4097),
  pids('more than a node has', 1e9),
  pids('without end', 0),
  pids('less than none', -1),
  pids('a part of one', 0.5, { code: 'invalid_config' }),
  pids("more than the hub's own limit", 101, {
    config: { resource_spec: { Limits: { Pids: 100 } } },
  }),
  {
    name: 'nested',
    at: `${CONTAINER}.resource_spec.Limits.Pids`,
    options: { container_spec: { resource_spec: { Limits: { Pids: 5000 } } } },
  },
]

const score = (amount: number, spelling = 'oom_score_adj') =>
  onHub(
    `${spelling} of ${amount}`,
    { container_spec: { [spelling]: amount } },
    `container_spec.${spelling}`,
  )

/** A policy that lets users have every field. */
const EVERY_FIELD = { user: { fields: ['*', 'oom_score_adj', 'ulimits', 'stop_grace_period'] } }

const check = (name: string, values: Record<string, unknown>): Attempt =>
  container(`a check with ${name}`, { healthcheck: { test: 'true', ...values } })

const LISTED: readonly Attempt[] = [
  ...['121s', '3m', '2m1ns', '100h', '2000h', 121e9, 864e12].map((stop_grace_period) =>
    container(`${stop_grace_period} to stop`, { stop_grace_period }),
  ),
  container('days to stop, as the Engine spells it', { StopGracePeriod: 864e12 }),
  check('an interval of 1 ms', { interval: '1ms' }),
  check('an interval of 999 ms', { interval: '999ms' }),
  check('an interval in nanoseconds', { Interval: 1e6 }),
  check('an interval of hours', { interval: '10h' }),
  check('an interval at the start of 10 ms', { start_interval: '10ms' }),
  check('an interval at the start of hours', { start_interval: '10h' }),
  check('a timeout of hours', { timeout: '10h' }),
  check('a start that takes hours', { start_period: '10h' }),
  check('a start that takes days, as the Engine spells it', { StartPeriod: 864e12 }),
  check('a million retries', { retries: 1e6 }),
  check('11 retries', { retries: 11 }),
  check('less than no retries', { retries: -1 }),
  container('a check, spelled as the Engine', { HealthCheck: { Interval: 1e6 } }),
  container('to be killed last', { oom_score_adj: -1 }),
  container('never to be killed', { OomScoreAdj: -1000 }),
  container('open files', { ulimits: [{ Name: 'nofile', Soft: 1e6, Hard: 1e6 }] }),
  container('open files without end', { ulimits: [{ Name: 'nofile', Soft: -1, Hard: -1 }] }),
  container('locked memory', { Ulimits: [{ Name: 'memlock', Soft: -1, Hard: -1 }] }),
  container('priority', { ulimits: [{ Name: 'rtprio', Soft: 99, Hard: 99 }] }),
]

/** Somebody wants more than one server needs: of a node, of a network, of every answer in which the server is. */
export const AMOUNTS: readonly Family[] = [
  {
    family: 'options of more than 64 KiB',
    attempts: [...TOO_LARGE, ...WRITTEN_OUT],
    control: {
      options: { container_spec: { env: { A: 'x'.repeat(60_000) } } },
      effect: { ContainerSpec: { Env: [`A=${'x'.repeat(60_000)}`, 'SET_BY_THE_HUB=1'] } },
    },
  },
  {
    family: 'longer lists than one server needs',
    attempts: TOO_MANY,
    control: {
      options: {
        container_spec: {
          env: Object.fromEntries(many(128, (index) => [`V${index}`, 'x'])),
          args: ['httpd', '-f', '-p', '8888', ...many(124, () => '-v')],
        },
        placement: many(32, (index) => `node.labels.a!=${index}`),
        mounts: many(32, (index) => `${OWN}-${index}:/v${index}`),
      },
      effect: {
        ContainerSpec: { Mounts: many(32, (index) => ({ Source: `${OWN}-${index}` })) },
        Placement: { Constraints: many(32, (index) => `node.labels.a!=${index}`) },
      },
    },
  },
  {
    family: 'one network many times',
    attempts: ONE_NETWORK,
    isNeverAllowed: true,
    control: { options: { networks: ['jupyterhub'] }, effect: { Networks: [{}] } },
  },
  {
    family: 'two mounts at one place',
    attempts: ONE_PLACE,
    isNeverAllowed: true,
    control: {
      config: { mounts: ['shared:/x', 'shared:/y'] },
      effect: {
        ContainerSpec: {
          Mounts: [
            { Source: 'shared', Target: '/x' },
            { Source: 'shared', Target: '/y' },
          ],
        },
      },
    },
  },
  {
    family: 'memory by several tmpfs',
    attempts: MEMORY,
    control: {
      options: { mounts: [tmpfs('/a', '512m'), tmpfs('/b', '512m')] },
      effect: {
        ContainerSpec: {
          Mounts: many(2, () => ({ TmpfsOptions: { SizeBytes: 2 ** 29 } })),
        },
      },
    },
  },
  {
    family: 'processes',
    attempts: PROCESSES,
    control: {
      options: { resource_spec: { Limits: { Pids: 4096 } } },
      effect: { Resources: { Limits: { Pids: 4096 } } },
    },
  },
  {
    family: 'a hub whose servers are killed after all others',
    attempts: [-1, -500, -1000].flatMap((amount) => [score(amount), score(amount, 'OomScoreAdj')]),
  },
  {
    family: 'a user who may have every field',
    policy: EVERY_FIELD,
    attempts: LISTED,
    control: {
      options: {
        container_spec: {
          stop_grace_period: '2m',
          healthcheck: { test: ['CMD', 'true'], interval: '1s', timeout: '5s', retries: 10 },
        },
      },
      effect: { ContainerSpec: { StopGracePeriod: 120e9, Healthcheck: { Interval: 1e9 } } },
    },
  },
  {
    family: 'a user who may have some ulimits and less tmpfs',
    policy: { user: { ulimits: { nofile: 4096 }, mounts: { tmpfs_total: '64M' } } },
    attempts: [
      container('more open files', { ulimits: [{ Name: 'nofile', Soft: 1, Hard: 4097 }] }),
      container('in capitals', { ulimits: [{ Name: 'NOFILE', Soft: 1, Hard: 4097 }] }),
      container('without end', { ulimits: [{ Name: 'nofile', Soft: 1, Hard: -1 }] }),
      container('another', { ulimits: [{ Name: 'nproc', Soft: 1, Hard: 1 }] }),
      ask('more tmpfs', { mounts: [tmpfs('/a', '65m')] }, `${MOUNTS}.0`),
      ask('tmpfs in parts', { mounts: [tmpfs('/a', '64m'), tmpfs('/b', '1m')] }, `${MOUNTS}.1`),
    ],
    control: {
      options: {
        container_spec: { ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 4096 }] },
        mounts: [tmpfs('/a', '32m'), tmpfs('/b', '32m')],
      },
      effect: { ContainerSpec: { Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 4096 }] } },
    },
  },
]
