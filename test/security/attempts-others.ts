import {
  type Attempt,
  CONTAINER,
  container,
  type Family,
  local,
  MALLORY,
  MOUNTS,
  many,
  mount,
} from './attempt.ts'

/** An object with a key that a literal can't have. */
const parsed = (json: string): Record<string, unknown> => JSON.parse(json)

/** A user asks for something that services or containers have, and servers have not. */
const unknown = (name: string, value: unknown = 'any'): Attempt => ({
  name,
  at: `user_options.${name}`,
  options: { [name]: value },
  code: 'invalid_config',
})
const unknownInContainer = (name: string, value: unknown = 'any'): Attempt => ({
  name: `${name}, nested`,
  at: `${CONTAINER}.${name}`,
  options: { container_spec: { [name]: value } },
  code: 'invalid_config',
})
/** What a hub sends that is no setting of it. */
const unknownToHub = (name: string, value: unknown = 'any'): Attempt => ({
  name: `the hub has ${name}`,
  at: `config.${name}`,
  config: { [name]: value },
  code: 'invalid_request',
})
/** A start that is wrong in itself, whatever is configured. */
const start = (name: string, sent: Record<string, unknown>, at: string): Attempt => ({
  name,
  at,
  start: sent,
  code: 'invalid_request',
})
const ofHub = (
  name: string,
  fields: Record<string, unknown>,
  more: Partial<Attempt> = {},
): Attempt => ({
  name,
  at: `container_spec.${Object.keys(fields)[0]}`,
  config: { container_spec: fields },
  ...more,
})
/** A user's options that do not fit, by where the refusal points. */
const misfit = (name: string, options: unknown, at: string): Attempt => ({
  name,
  at,
  options,
  code: 'invalid_config',
})

const ID = 'aaaaaaaaaaaaaaaaaaaaaaaaa'
const File = { Name: 'x', UID: '0', GID: '0', Mode: 0o400 }

/** Where something ends that only begins like the name of the hub. */
const NOT_OF_HUB = [
  'default tls',
  'defaulttls',
  'Default-tls',
  'DEFAULT-TLS',
  ' default-tls',
  'default\u2010tls',
  'default\u200b-tls',
  'd\u0435fault-tls',
  'default/../prod-db',
  'prod-default-tls',
  '*',
  '{hub}-tls',
  '',
] as const

/** What docker-py's and the Engine's `containers/create` take, and other spawners pass on. */
const OF_CONTAINERS: Readonly<Record<string, unknown>> = {
  binds: ['/:/host'],
  volumes: { '/': { bind: '/host', mode: 'rw' } },
  volumes_from: ['hub'],
  host_config: { privileged: true },
  HostConfig: { Binds: ['/:/host'] },
  extra_host_config: { privileged: true },
  extra_create_kwargs: { user: 'root' },
  pid_mode: 'host',
  ipc_mode: 'host',
  uts_mode: 'host',
  userns_mode: 'host',
  network_mode: 'host',
  cgroup_parent: '/',
  cgroupns: 'host',
  security_opt: ['seccomp=unconfined'],
  device_requests: [{ count: -1, capabilities: [['gpu']] }],
  extra_hosts: { hub: '10.0.0.9' },
  group_add: ['docker'],
  runtime: 'nvidia',
  shm_size: '64G',
  storage_opt: { size: '1T' },
  tmpfs: { '/run': '' },
  oom_kill_disable: true,
  publish_all_ports: true,
  auto_remove: true,
  links: { hub: 'hub' },
  cap_add: ['SYS_ADMIN'],
  user: 'root',
  command: ['sh'],
  hostname: 'hub',
  mem_limit: '1T',
  nano_cpus: 64e9,
}

/** What a service has beside its container. */
const OF_SERVICES: Readonly<Record<string, unknown>> = {
  ports: { 80: 8888 },
  endpoint_spec: { ports: { 80: 8888 } },
  EndpointSpec: { Ports: [{ TargetPort: 8888, PublishedPort: 80, PublishMode: 'host' }] },
  mode: 'global',
  Mode: { Global: {} },
  replicas: 1000,
  update_config: { parallelism: 0 },
  UpdateConfig: { FailureAction: 'rollback' },
  rollback_config: { order: 'start-first' },
  maxreplicas: 1,
  task_template: { force_update: 1 },
  TaskTemplate: { Runtime: 'plugin' },
  PluginSpec: { Name: 'plugin', Remote: 'plugin', Disabled: false },
  NetworkAttachmentSpec: { ContainerID: 'hub' },
  ForceUpdate: 1,
  Name: 'jupyterhub_hub',
  Labels: { 'com.docker.stack.namespace': 'jupyterhub' },
}

/** Fields that users may not set, each in the spelling of the Engine. */
const FIELDS: Readonly<Record<string, unknown>> = {
  User: '0:0',
  Groups: ['0'],
  Hostname: 'hub',
  Hosts: ['10.0.0.9 hub'],
  DNSConfig: { Nameservers: ['10.0.0.9'] },
  Privileges: { NoNewPrivileges: false },
  CapabilityDrop: ['CHOWN'],
  Sysctls: { 'net.core.somaxconn': '1' },
  Ulimits: [{ Name: 'memlock', Soft: -1, Hard: -1 }],
  OomScoreAdj: -1000,
  Init: false,
  TTY: true,
  OpenStdin: true,
  ReadOnly: false,
  StopSignal: 'SIGKILL',
  StopGracePeriod: 3600e9,
  Healthcheck: { Test: ['CMD', 'sh', '-c', 'while :; do :; done'], Interval: 1e6 },
  Isolation: 'hyperv',
  Secrets: [{ SecretID: ID, SecretName: 'default-tls', File }],
  Configs: [{ ConfigID: ID, ConfigName: 'default-conf', File }],
}

/** Our own labels: who a server belongs to, to whoever reads them. */
const OUR_LABELS = [
  'hub',
  'service-name',
  'owner',
  'username',
  'server-name',
  'spawn-id',
  'issued-at',
  'port',
  'start-timeout',
  'anything',
].map((name) => `org.swarmspawner.${name}`)

/** Labels by which other programs would do something for a server. */
const ACTED_ON = [
  'com.docker.stack.image',
  'com.docker.swarm.service.id',
  'com.docker.swarm.task.name',
  'COM.DOCKER.STACK.NAMESPACE',
  ' com.docker.stack.namespace',
  'com.docker.compose.project',
  'com.docker.ucp.access.label',
  'traefik.docker.network',
  'TRAEFIK.HTTP.ROUTERS.HUB.RULE',
  ' traefik.enable',
  'caddy_1',
  'caddy.reverse_proxy',
  'com.df.notify',
  'swarm.cronjob.enable',
  'ofelia.enabled',
  'ofelia.job-exec.x.command',
  'io.portainer.accesscontrol.public',
  'com.centurylinklabs.watchtower.lifecycle.pre-check',
  'docker-volume-backup.archive-pre',
  'shepherd.autodeploy',
  'diun.enable',
  'co.elastic.logs/module',
  'co.elastic.metrics/hosts',
  'com.datadoghq.ad.instances',
  'swarmpit.service.deployment.autoredeploy',
  'sablier.enable',
  'gantry.services.excluded',
  'wud.trigger.include',
]

/** Capabilities that give more than Docker does, in whatever spelling. */
const CAPABILITIES = [
  'all',
  ' ALL',
  'CAP_ALL',
  'cap_cap_sys_admin',
  'sYs_AdMiN',
  'CAP_SYS_ADMIN ',
  '\u017fYS_ADMIN',
  '\uff33\uff39\uff33_ADMIN',
  'SYS-ADMIN',
  'SYS_PTRACE\n',
  'DAC_READ_SEARCH',
  'LINUX_IMMUTABLE',
  'NET_BROADCAST',
  'IPC_OWNER',
  'SYS_BOOT',
  'SYS_TIME',
  'SYS_RESOURCE',
  'SYS_PACCT',
  'SYS_TTY_CONFIG',
  'LEASE',
  'AUDIT_CONTROL',
  'AUDIT_READ',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'PERFMON',
  'CHECKPOINT_RESTORE',
  '21',
  '*',
  '',
]

/** Names that every object of JavaScript has. */
const PROTOTYPES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const
const inJson = (name: string, value = '"x"') => parsed(`{${JSON.stringify(name)}: ${value}}`)

const MALFORMED: readonly [name: string, options: unknown, at: string][] = [
  ['options that are a text', 'image=x', 'user_options'],
  ['options that are a number', 5, 'user_options'],
  ['options that are true', true, 'user_options'],
  ['a container that is a text', { container_spec: 'x' }, CONTAINER],
  ['a container that is a list', { container_spec: [{ user: 'root' }] }, CONTAINER],
  ['an image that is a list', { image: ['a'] }, 'user_options.image'],
  ['an image that is a dict', { image: { name: 'a' } }, 'user_options.image'],
  ['mounts that are a dict', { mounts: { '/': '/x' } }, MOUNTS],
  ['mounts that are a text', { mounts: '/:/x' }, MOUNTS],
  ['a mount that is a list', { mounts: [['/', '/x']] }, `${MOUNTS}.0`],
  ['a mount that is a number', { mounts: [1] }, `${MOUNTS}.0`],
  ['a mount whose target is a list', { mounts: [{ target: ['/x'] }] }, `${MOUNTS}.0.target`],
  ['a mount whose type is a list', { mounts: [{ target: '/x', type: ['bind'] }] }, MOUNTS],
  ['a mount of a type in capitals', { mounts: [{ target: '/x', type: 'BIND' }] }, MOUNTS],
  ['a mount of a type with a space', { mounts: [{ target: '/x', type: 'bind ' }] }, MOUNTS],
  ['a mount of an image', { mounts: [{ target: '/x', type: 'image', source: 'x' }] }, MOUNTS],
  [
    'options of a bind in a volume',
    { mounts: [{ target: '/x', propagation: 'rshared' }] },
    `${MOUNTS}.0`,
  ],
  ['networks that are numbers', { networks: [5] }, 'user_options.networks'],
  ['a network that is a list', { networks: [['host']] }, 'user_options.networks'],
  ['a network without a name', { networks: [''] }, 'user_options.networks'],
  ['placement that is a number', { placement: 7 }, 'user_options.placement'],
  ['a constraint that is a dict', { placement: [{ a: 1 }] }, 'user_options.placement'],
  ['a spread by anything', { placement: { preferences: ['pack=a'] } }, 'user_options.placement'],
  ['resources that are a list', { resource_spec: [1] }, 'user_options.resource_spec'],
  ['resources that are a text', { resource_spec: 'all' }, 'user_options.resource_spec'],
  ['limits that are a list', { resource_spec: { Limits: [1] } }, 'user_options.resource_spec'],
  ['limits of anything', { resource_spec: { Limits: { Foo: 1 } } }, 'user_options.resource_spec'],
  [
    'limits that are texts',
    { resource_spec: { Limits: { NanoCPUs: 'one' } } },
    'user_options.resource_spec',
  ],
  [
    'limits beyond what JSON carries',
    { resource_spec: { Limits: { Pids: 2 ** 60 } } },
    'user_options.resource_spec',
  ],
  ['arguments that are a dict', { container_spec: { args: { a: 1 } } }, `${CONTAINER}.args`],
  ['arguments in arguments', { container_spec: { args: [['a']] } }, `${CONTAINER}.args`],
  ['arguments that are numbers', { container_spec: { args: [1] } }, `${CONTAINER}.args`],
  ['a command that is true', { container_spec: { command: true } }, `${CONTAINER}.command`],
  ['a directory that is a list', { container_spec: { workdir: ['/'] } }, `${CONTAINER}.workdir`],
  ['variables that are a text', { container_spec: { env: 'A=b' } }, `${CONTAINER}.env`],
  ['a variable that is a dict', { container_spec: { env: { A: {} } } }, `${CONTAINER}.env.A`],
  ['a variable that is a list', { container_spec: { env: { A: ['x'] } } }, `${CONTAINER}.env.A`],
  ['a variable without a name', { container_spec: { env: ['=x'] } }, `${CONTAINER}.env`],
  ['a name with an equals sign', { container_spec: { env: { 'A=B': 'x' } } }, `${CONTAINER}.env`],
  ['half of a letter', { container_spec: { workdir: '/\ud800' } }, `${CONTAINER}.workdir`],
]

const TWICE: readonly [options: Record<string, unknown>, at: string][] = [
  [{ image: 'a', Image: 'b' }, 'user_options.Image'],
  [{ service_image: 'a', image: 'b' }, 'user_options.image'],
  [{ network: ['jupyterhub'], networks: ['host'] }, 'user_options.networks'],
  [{ container_spec: { image: 'a', Image: 'b' } }, `${CONTAINER}.Image`],
  [{ container_spec: { env: { A: '1' }, Env: ['JPY_X=1'] } }, `${CONTAINER}.Env`],
  [{ container_spec: { env: { A: '1' }, environment: { B: '1' } } }, `${CONTAINER}.environment`],
  [{ container_spec: { mounts: [], Mounts: ['/:/x'] } }, `${CONTAINER}.Mounts`],
  [{ container_spec: { workdir: '/', dir: '/etc' } }, `${CONTAINER}.dir`],
  [{ container_spec: { healthcheck: {}, HealthCheck: {} } }, `${CONTAINER}.HealthCheck`],
  [{ container_spec: { cap_add: [], CapabilityAdd: ['ALL'] } }, `${CONTAINER}.CapabilityAdd`],
  [{ container_spec: { network: [], networks: ['host'] } }, `${CONTAINER}.networks`],
  [{ mounts: [{ target: '/x', source: 'a', Source: '/' }] }, `${MOUNTS}.0.Source`],
  [{ mounts: [{ target: '/x', type: 'volume', Type: 'bind' }] }, `${MOUNTS}.0.Type`],
  [{ mounts: [{ target: '/x', src: 'a', source: '/' }] }, `${MOUNTS}.0.source`],
  [{ networks: [{ target: 'jupyterhub', name: 'host' }] }, 'user_options.networks.0.name'],
  [
    { placement: { constraints: [], Constraints: ['node.role==manager'] } },
    'user_options.placement.Constraints',
  ],
  [{ resource_spec: { memory_swap: 0, SwapBytes: -1 } }, 'user_options.resource_spec.SwapBytes'],
]

/** What no other file has: what a start is made of beside mounts, networks, images and amounts. */
export const OTHERS: readonly Family[] = [
  {
    family: 'ports, replicas, updates',
    attempts: [
      ...Object.entries(OF_SERVICES).map(([name, value]) => unknown(name, value)),
      ...['ports', 'endpoint_spec', 'mode', 'replicas', 'update_config', 'ForceUpdate'].map(
        (name) => unknownInContainer(name, OF_SERVICES[name]),
      ),
      ...['ports', 'mode', 'update_config', 'rollback_config', 'replicas', 'name'].map((name) =>
        unknownToHub(name, OF_SERVICES[name]),
      ),
      {
        name: 'the hub publishes a port by the endpoint',
        at: 'config.endpoint',
        config: { endpoint: { Mode: 'vip', Ports: [{ TargetPort: 1 }] } },
        code: 'invalid_request',
      },
      {
        name: 'the hub has an endpoint that there is not',
        at: 'config.endpoint',
        config: { endpoint: 'host' },
        code: 'invalid_request',
      },
    ],
    control: {
      config: { endpoint: 'dnsrr' },
      effect: { RestartPolicy: { Condition: 'none' } },
    },
  },
  {
    family: 'what containers have',
    attempts: [
      ...Object.entries(OF_CONTAINERS).map(([name, value]) => unknown(name, value)),
      ...[
        'binds',
        'volumes',
        'host_config',
        'pid_mode',
        'network_mode',
        'security_opt',
        'runtime',
      ].map((name) => unknownInContainer(name, OF_CONTAINERS[name])),
      ...['privileged', 'extra_host_config', 'volumes', 'security_opt', 'runtime'].map((name) =>
        unknownToHub(name, OF_CONTAINERS[name]),
      ),
      ...Object.entries(FIELDS).map(([field, value]) =>
        container(`${field}, as the Engine has it`, { [field]: value }),
      ),
    ],
  },
  {
    family: 'secrets and configs of others, by whatever name',
    attempts: [
      ...NOT_OF_HUB.filter((name) => name !== '').flatMap((name) => [
        ofHub(
          `the hub's secret ${JSON.stringify(name)}`,
          { secrets: [{ SecretID: ID, SecretName: name, File }] },
          { at: 'container_spec.secrets.0' },
        ),
        ofHub(
          `the hub's config ${JSON.stringify(name)}`,
          { Configs: [{ ConfigID: ID, ConfigName: name, File }] },
          { at: 'container_spec.Configs.0' },
        ),
      ]),
      ofHub(
        'the second of two',
        {
          secrets: [
            { SecretID: ID, SecretName: 'default-tls', File },
            { SecretID: ID, SecretName: 'prod-db', File },
          ],
        },
        { at: 'container_spec.secrets.1' },
      ),
      ofHub('a secret without a name', { secrets: [{ SecretID: ID }] }, { code: 'invalid_config' }),
      ofHub(
        'a secret by its name alone',
        { secrets: ['prod-db'] },
        { at: 'container_spec.secrets.0' },
      ),
      ofHub(
        'a config by its name alone',
        { configs: ['prod-db'] },
        { at: 'container_spec.configs.0' },
      ),
      ofHub(
        'a secret as the docker CLI has it, behind an own one',
        { secrets: ['default-a', 'source=prod-db,target=default-a'] },
        { at: 'container_spec.secrets.1' },
      ),
      ofHub(
        'a secret in the spelling of docker-py',
        { secrets: [{ secret_id: ID, secret_name: 'prod-db' }] },
        { at: 'container_spec.secrets.0' },
      ),
      ofHub('a secret with an empty name', { secrets: [''] }, { code: 'invalid_config' }),
      ofHub(
        'a secret twice in one',
        { secrets: ['source=a,source=b'] },
        { code: 'invalid_config' },
      ),
      ofHub('secrets as a dict', { secrets: { 'prod-db': {} } }, { code: 'invalid_config' }),
      ofHub(
        'a mode that is a text',
        { secrets: [{ SecretID: ID, SecretName: 'default-a', File: { ...File, Mode: '4755' } }] },
        { code: 'invalid_config' },
      ),
      ofHub(
        'an owner that is a number',
        { secrets: [{ SecretID: ID, SecretName: 'default-a', File: { ...File, UID: 0 } }] },
        { code: 'invalid_config' },
      ),
    ],
  },
  {
    family: 'credential specs and other privileges of the hub',
    attempts: [
      ...[
        { CredentialSpec: { Config: ID } },
        { CredentialSpec: { File: 'spec.json' } },
        { CredentialSpec: { Registry: 'spec' } },
        { CredentialSpec: {} },
        { SELinuxContext: { User: 'system_u' } },
        { SELinuxContext: { Role: 'system_r' } },
        { SELinuxContext: { Level: 's0-s15:c0.c1023' } },
        { Seccomp: { Mode: 'UNCONFINED' } },
        { Seccomp: { Profile: 'e30=' } },
        { Seccomp: { Mode: '' } },
        { AppArmor: { Mode: 'Disabled' } },
        { AppArmor: { Mode: 'unconfined' } },
        { NoNewPrivileges: true, AppArmor: { Mode: 'disabled' } },
      ].map((privileges) => ofHub(JSON.stringify(privileges), { privileges })),
      ...[{ Privileged: true }, { Seccomp: 'unconfined' }, { NoNewPrivileges: 'false' }].map(
        (Privileges) =>
          ofHub(JSON.stringify(Privileges), { Privileges }, { code: 'invalid_config' }),
      ),
    ],
    control: {
      config: { container_spec: { privileges: { SELinuxContext: { Disable: false } } } },
      effect: { ContainerSpec: { Image: 'scenario/notebook:1' } },
    },
  },
  {
    family: 'capabilities of the hub, however they are spelt',
    attempts: CAPABILITIES.flatMap((name) => [
      ofHub(
        `${JSON.stringify(name)} after one that it may have`,
        { cap_add: ['CHOWN', name] },
        { at: 'container_spec.cap_add.1' },
      ),
    ]),
    control: {
      config: { container_spec: { cap_add: ['CAP_CHOWN'] } },
      effect: { ContainerSpec: { CapabilityAdd: ['CAP_CHOWN'] } },
    },
  },
  {
    family: 'labels that somebody acts on',
    attempts: [
      ...OUR_LABELS.flatMap((label): Attempt[] => [
        {
          name: `the hub sets ${label}`,
          at: `labels.${label}`,
          config: { labels: { [label]: 'another' } },
          code: 'invalid_config',
        },
        ofHub(
          `the hub sets ${label} on containers`,
          { labels: { [label]: 'other' } },
          { at: `container_spec.labels.${label}`, code: 'invalid_config' },
        ),
      ]),
      ...ACTED_ON.flatMap((label): Attempt[] => [
        {
          name: `the hub sets ${label}`,
          at: `labels.${label}`,
          config: { labels: { [label]: '1' } },
        },
        ofHub(
          `the hub sets ${label} on containers`,
          { labels: { [label]: '1' } },
          { at: `container_spec.labels.${label}` },
        ),
        {
          name: `the hub sets ${label} on a volume`,
          at: 'mounts.0',
          config: { mounts: [{ source: 'default-v', target: '/x', labels: { [label]: '1' } }] },
        },
      ]),
    ],
    control: {
      config: { container_spec: { labels: { 'org.example.team': 'a', constructor: 'b' } } },
      effect: { ContainerSpec: { Labels: { 'org.example.team': 'a', constructor: 'b' } } },
    },
  },
  {
    family: 'who the server is, and which start',
    attempts: [
      start('nobody', { server: { username: '' } }, 'server.username'),
      start('a user without a name', { server: {} }, 'server.username'),
      start('a user that is a list', { server: { username: ['bob'] } }, 'server.username'),
      start('a user that is a number', { server: { username: 5 } }, 'server.username'),
      start('a user of half a letter', { server: { username: 'bob\udc00' } }, 'server.username'),
      start('a long user', { server: { username: 'b'.repeat(256) } }, 'server.username'),
      start('a server that is a text', { server: 'bob' }, 'server'),
      start('a server that is a list', { server: ['bob'] }, 'server'),
      start(
        'a long server name',
        { server: { username: 'bob', server_name: 'x'.repeat(256) } },
        'server.server_name',
      ),
      start(
        'a server of half a letter',
        { server: { username: 'bob', server_name: '\ud83d' } },
        'server.server_name',
      ),
      start(
        'a hub of their own choice',
        { server: { username: 'bob', hub: 'other' } },
        'server.hub',
      ),
      start(
        'a service of their own choice',
        { server: { username: 'bob', service_name: 'hub' } },
        'server.service_name',
      ),
      ...[
        ...['', ' ', 'a b', 'a/b', '../a', 'a\nb', 'a\0b', '{{.Task.ID}}', '\u0430', 'a,b', '%2e'],
        ...['x'.repeat(129), 5, null, ['a'], { a: 1 }, true],
      ].map((spawn_id) =>
        start(`a spawn called ${JSON.stringify(spawn_id).slice(0, 20)}`, { spawn_id }, 'spawn_id'),
      ),
      ...[-1, '1', null, [1], 1e300, 4e12].map((issued_at) =>
        start(`issued at ${JSON.stringify(issued_at)}`, { issued_at }, 'issued_at'),
      ),
      ...[0, -1, -1e308, 0.5, 86_401, 1e308, '60', null, [60]].map((start_timeout) =>
        start(
          `a start that may take ${JSON.stringify(start_timeout)}`,
          { start_timeout },
          'start_timeout',
        ),
      ),
      ...[0, -1, 1e308, '60'].map(
        (start_timeout): Attempt => ({
          name: `a start that may take ${JSON.stringify(start_timeout)}, as configured`,
          at: 'config.start_timeout',
          config: { start_timeout },
          code: 'invalid_request',
        }),
      ),
      ...[-1, 301, 1e308, '1', null].map((wait_s) =>
        start(`a wait of ${JSON.stringify(wait_s)}`, { wait_s }, 'wait_s'),
      ),
      ...[0, -1, 65_536, 1.5, '80', [80]].map((port) =>
        start(`the port ${JSON.stringify(port)}`, { port }, 'port'),
      ),
      ...[0, 65_536, '80'].map(
        (service_port): Attempt => ({
          name: `the port ${JSON.stringify(service_port)}, as configured`,
          at: 'config.service_port',
          config: { service_port },
          code: 'invalid_request',
        }),
      ),
      ...[
        '',
        'a b',
        '-',
        'a-',
        '-a',
        '../a',
        'a/b',
        'a.b',
        '%2e',
        '{{.Node.ID}}',
        'a\n',
        '\u0430',
      ].map(
        (service_prefix): Attempt => ({
          name: `the prefix ${JSON.stringify(service_prefix)}`,
          at: 'service_prefix',
          start: { server: { username: 'bob', service_prefix } },
          code: 'invalid_name',
        }),
      ),
      {
        name: 'a prefix that leaves no room',
        at: 'service_prefix',
        config: { service_prefix: 'x'.repeat(60) },
        code: 'invalid_name',
      },
    ],
    control: {
      config: { start_timeout: 86_400 },
      effect: { ContainerSpec: { Image: 'scenario/notebook:1' } },
    },
  },
  {
    family: 'user names that are more than a name in a mount',
    attempts: [
      ...['a,bind', 'bob,username=alice', ',', 'a,'].map((username): Attempt => {
        const o = 'addr=10.0.0.1,username={raw_username}'
        const options = { type: 'cifs', device: '//10.0.0.1/homes', o }
        return {
          name: `${JSON.stringify(username)} in the options of a driver`,
          at: 'mounts.0',
          config: {
            mounts: [{ source: 'default-v', target: '/x', driver_config: local(options) }],
          },
          start: { server: { username } },
          code: 'invalid_config',
        }
      }),
      ...['..', '.', '../bob', 'a/b', 'a\\b', 'a:b', 'a\0', '{{.Node.ID}}', '{username}'].map(
        (username): Attempt => ({
          name: `${JSON.stringify(username)} as a directory`,
          at: 'mounts.0',
          config: { mounts: ['/srv/{raw_username}:/x'] },
          start: { server: { username } },
          code: 'invalid_config',
        }),
      ),
      ...[
        ['default-{raw_username}-{server_name}', 'a-b'],
        ['default-{server_name}-{raw_username}', 'a-b'],
        ['default-{raw_username}{server_name}', 'alice'],
        ['default-{raw_username}--{server_name}', 'a-'],
        ['default-{escaped_username}-{server_name}', 'a-b'],
        ['default-{server_name}-{escaped_username}', 'A'],
        ['default-{raw_username}-{escaped_username}', 'a'],
        ['default-{escaped_username}', 'a\u0002d'],
        ['default-{user}', 'a'],
      ].map(
        ([source = '', username = '']): Attempt => ({
          name: `${username} in ${source}`,
          at: 'mounts.0',
          config: { mounts: [{ source, target: '/x' }] },
          start: { server: { username, server_name: 'lab' } },
          code: 'invalid_config',
        }),
      ),
    ],
    control: {
      config: { mounts: ['default-{raw_username}.lab:/x', 'default-{escaped_username}:/y'] },
      effect: {
        ContainerSpec: {
          Mounts: [{ Source: `default-${MALLORY}.lab` }, { Source: `default-${MALLORY}` }],
        },
      },
    },
  },
  {
    family: 'the words of a start',
    attempts: [
      ...(['cmd', 'args'] as const).flatMap((key) => [
        start(`${key}: a text`, { [key]: 'sh -c id' }, key),
        start(`${key}: a number`, { [key]: [1] }, key),
        start(`${key}: a list of lists`, { [key]: [['sh']] }, key),
        start(`${key}: a dict`, { [key]: { 0: 'sh' } }, key),
        start(`${key}: nothing in a list`, { [key]: [null] }, key),
      ]),
      start('env: a text', { env: 'A=b' }, 'env'),
      start('env: a dict in it', { env: { A: { B: 'c' } } }, 'env.A'),
      start('env: a list in it', { env: { A: ['b'] } }, 'env.A'),
      start('env: dicts in a list', { env: [{ A: 'b' }] }, 'env'),
      { ...start('env: a NUL', { env: { A: 'b\0C=d' } }, 'env.A'), code: 'invalid_config' },
      { ...start('env: no name', { env: { '': 'b' } }, 'env'), code: 'invalid_config' },
      { ...start('env: two names', { env: { 'A=B': 'b' } }, 'env'), code: 'invalid_config' },
      start('groups: a text', { groups: 'admin' }, 'groups'),
      start('groups: numbers', { groups: [1] }, 'groups'),
      ...['spec', 'labels', 'name', 'hub', 'policy', 'service_name', 'image', 'callback'].map(
        (key) => start(`a field that is none: ${key}`, { [key]: 'any' }, key),
      ),
    ],
    control: {
      options: { container_spec: { env: { A: '$(id)`id`;id' } } },
      effect: { ContainerSpec: { Env: ['A=$(id)`id`;id', 'SET_BY_THE_HUB=1'] } },
    },
  },
  {
    family: 'forms that nobody means',
    attempts: MALFORMED.map(([name, options, at]) => misfit(name, options, at)),
  },
  {
    family: 'one field by two names at once',
    attempts: TWICE.map(([options, at]) => misfit(JSON.stringify(options), options, at)),
  },
  {
    family: 'names that every object has',
    attempts: PROTOTYPES.flatMap((name): Attempt[] => [
      start(`a start: ${name}`, inJson(name), name),
      start(`a server: ${name}`, { server: { username: 'bob', ...inJson(name) } }, 'server'),
      {
        name: `the hub's settings: ${name}`,
        at: `config.${name}`,
        config: inJson(name),
        code: 'invalid_request',
      },
      ofHub(`privileges: ${name}`, { privileges: inJson(name) }, { code: 'invalid_config' }),
      ofHub(
        `a secret: ${name}`,
        { secrets: [{ SecretID: ID, SecretName: 'default', ...inJson(name) }] },
        { code: 'invalid_config' },
      ),
      misfit(
        `limits: ${name}`,
        { resource_spec: { Limits: inJson(name, '1') } },
        'user_options.resource_spec.Limits',
      ),
      misfit(
        `options of a volume: ${name}`,
        { mounts: [{ target: '/x', VolumeOptions: inJson(name) }] },
        `${MOUNTS}.0`,
      ),
      misfit(`options: ${name}`, inJson(name), `user_options.${name}`),
      misfit(`container_spec: ${name}`, { container_spec: inJson(name) }, `${CONTAINER}.${name}`),
      misfit(
        `a mount: ${name}`,
        { mounts: [{ ...inJson(name), target: '/x' }] },
        `${MOUNTS}.0.${name}`,
      ),
      misfit(
        `a driver: ${name}`,
        { mounts: [{ target: '/x', driver_config: inJson(name) }] },
        `${MOUNTS}.0`,
      ),
      misfit(`a network: ${name}`, { networks: [inJson(name)] }, `user_options.networks.0.${name}`),
      misfit(`placement: ${name}`, { placement: inJson(name) }, `user_options.placement.${name}`),
      misfit(
        `resources: ${name}`,
        { resource_spec: inJson(name) },
        `user_options.resource_spec.${name}`,
      ),
      container(`labels: ${name}`, { labels: inJson(name) }),
      container(`sysctls: ${name}`, { sysctls: inJson(name) }),
      {
        ...container(`resources of a kind: ${name}`, {}),
        at: 'user_options.resource_spec.generic_resources',
        options: { resource_spec: { generic_resources: inJson(name, '1') } },
      },
      mount(`options of a driver: ${name}`, {
        target: '/x',
        driver_config: { name: 'local', options: inJson(name) },
      }),
      mount(`labels of a volume: ${name}`, { target: '/x', labels: inJson(name) }),
    ]),
    control: {
      options: { container_spec: { env: parsed('{"__proto__": "a", "constructor": "b"}') } },
      effect: {
        ContainerSpec: { Env: ['__proto__=a', 'constructor=b', 'SET_BY_THE_HUB=1'] },
      },
    },
  },
  {
    family: 'platforms, and how many a node has',
    attempts: [
      ...[['linux/arm64'], [['arm64', 'linux']], [{ Architecture: 'x', OS: 'y' }]].map(
        (platforms): Attempt => ({
          name: `a platform: ${JSON.stringify(platforms)}`,
          at: 'user_options.placement.platforms',
          options: { placement: { platforms } },
        }),
      ),
      {
        name: 'platforms, as the Engine has them',
        at: 'user_options.placement.Platforms',
        options: { placement: { Platforms: [{ OS: 'windows' }] } },
      },
      {
        name: 'how many, in another spelling',
        at: 'user_options.placement.maxreplicas',
        options: { placement: { maxreplicas: 1 } },
      },
      {
        name: 'how many, as the Engine has it',
        at: 'user_options.placement.MaxReplicas',
        options: { placement: { MaxReplicas: 1 } },
      },
      {
        name: 'many things to spread over',
        at: 'user_options.placement',
        options: { placement: { preferences: many(100, () => 'spread=node.labels.a') } },
      },
    ],
    control: {
      options: { placement: { preferences: ['spread=node.labels.rack'] } },
      effect: {
        Placement: { Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.rack' } }] },
      },
    },
  },
]
