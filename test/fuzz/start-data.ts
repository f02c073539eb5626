import fc from 'fast-check'
import { SECRET } from './odd-values.ts'

// Valid requests, every setting in both of its spellings; a mutation makes the rest of them.

const optional = { requiredKeys: [] }

/** Good values, and seldom one that is refused later, by the Engine or for its name. */
const seldom = <T>(good: fc.Arbitrary<T>, refused: T): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: good, weight: 12 }, { arbitrary: fc.constant(refused), weight: 1 })

/** An environment with a secret in it; the Engine would expand the last one, and fail. */
const variables = fc.constantFrom<unknown>(
  { JUPYTERHUB_API_TOKEN: SECRET, PORT: 8888, DEBUG: true, NONE: null },
  [`JUPYTERHUB_API_TOKEN=${SECRET}`, 'EMPTY='],
  { ODD: `${SECRET}\ud83d\ude00\n"'\\`, constructor: 'x' },
)

const environment = seldom<unknown>(variables, { TEMPLATE: `${SECRET} {{ name }}` })

const images = fc.constantFrom(
  ...['demo/notebook:1', 'demo/image-missing:1', 'demo/exit-3:1', 'demo/pull-forever:1'],
  ...['demo/bad-command:1', `registry.example:5000/lab@sha256:${'a'.repeat(64)}`],
)
const image = seldom(images, 'Not An Image')

const mount = fc.constantFrom<unknown>(
  'data:/data:ro',
  '/srv/{username}:/home/jovyan',
  { type: 'bind', source: '/exports/nosuch', target: '/mnt', propagation: 'rprivate' },
  { type: 'volume', source: 'v-{server_name}', target: '/v', driver_config: { name: 'local' } },
  {
    Type: 'volume',
    Source: 'v',
    Target: '/v',
    VolumeOptions: { NoCopy: true, Labels: { a: 'b' } },
  },
  { type: 'tmpfs', target: '/t', tmpfs_size: '64m', tmpfs_mode: 0o1777 },
  { type: 'volume', target: '/scratch/{raw_username}' },
)
const mounts = fc.uniqueArray(mount, { maxLength: 3 })

const resources = fc.constantFrom<unknown>(
  { cpu_limit: 1e9, mem_limit: 512e6, cpu_reservation: 1e8, mem_reservation: 64e6 },
  { Limits: { NanoCPUs: 1e9, Pids: 100 }, Reservations: { MemoryBytes: 64e6 } },
  { mem_reservation: 1e15, generic_resources: { gpu: 1, fpga: '2', none: 0 } },
)

const placement = fc.constantFrom<unknown>(
  ['node.role==manager'],
  ['node.labels.nosuch==1'],
  { constraints: ['node.role!=worker'], preferences: ['spread=node.labels.rack'], max_replicas: 1 },
  { Platforms: [{ OS: 'linux', Architecture: 'amd64' }], Constraints: ['node.hostname==x'] },
)

const attachments = fc.constantFrom<unknown>(['jupyterhub'], 'jupyterhub', [
  { target: 'jupyterhub', aliases: ['lab'], driver_opts: { a: 'b' } },
])
const networks = seldom<unknown>(attachments, ['nosuch'])
const healthcheck = fc.constantFrom<unknown>(
  { test: 'curl -f localhost', interval: '30s', retries: 3, start_period: '1m' },
  { Test: ['CMD', 'true'], Timeout: 1e9 },
)
const labels = fc.constantFrom<unknown>(
  { owner: '{raw_username}', rack: '1' },
  { constructor: 'x' },
)
const words = fc.constantFrom<unknown>(['start.sh', '--x={username}'], 'start.sh "a b"', [])

const containerSpec = fc.oneof(
  fc.record(
    {
      ...{ image, command: words, args: words, env: environment, labels, mounts, networks },
      ...{ healthcheck, placement, resource_spec: resources },
      user: fc.constant('1000:100'),
      hosts: fc.constant({ db: '10.0.0.1' }),
      dns_config: fc.constant({ nameservers: ['1.1.1.1'] }),
      stop_grace_period: fc.constantFrom('3s', 5e9),
      privileges: fc.constant({ NoNewPrivileges: true }),
      sysctls: fc.constant({ 'net.core.somaxconn': '1024' }),
    },
    optional,
  ),
  fc.record(
    {
      ...{ Image: image, Command: words, Args: words, Env: environment, Labels: labels },
      ...{ Mounts: mounts, HealthCheck: healthcheck },
      Hostname: fc.constant('{{.Node.Hostname}}'),
      Ulimits: fc.constant([{ Name: 'nofile', Soft: 1, Hard: 2 }]),
      Init: fc.boolean(),
    },
    optional,
  ),
)

const config = fc.record(
  {
    ...{ service_image: image, container_spec: containerSpec, mounts, resource_spec: resources },
    ...{ networks, placement, labels, environment, healthcheck },
    service_prefix: seldom(fc.constantFrom('jupyter', 'a-b_c'), 'p'.repeat(28)),
    service_port: fc.constantFrom(8888, 80),
    endpoint: fc.constantFrom('dnsrr', 'vip'),
    restart_policy: fc.constantFrom<unknown>('any', { condition: 'on-failure', delay: '1s' }),
    init: fc.boolean(),
    stop_grace_period: fc.constantFrom<unknown>('10s', 1e9),
    log_driver: fc.constantFrom<unknown>('json-file', { name: 'syslog', options: { tag: 'x' } }),
    notebook_dir: fc.constantFrom('/home/jovyan', '~/{username}'),
    use_user_options: fc.constant(true),
    cpu_limit: fc.constantFrom(0, 0.5, 2),
    cpu_guarantee: fc.constantFrom(0.1, 1000),
    mem_limit: fc.constantFrom<unknown>('1G', 512e6, 0),
    mem_guarantee: fc.constantFrom<unknown>('64M', null),
    start_timeout: fc.constantFrom(1, 60),
    jupyterhub_service_name: fc.constant('jupyterhub'),
  },
  { requiredKeys: ['service_image'] },
)

const userOptions = fc.oneof(
  fc.constantFrom<unknown>(null, {}, { token: SECRET }),
  fc.record({ container_spec: containerSpec, mounts, placement, network: networks }, optional),
  fc.record({ image, resource_spec: resources, networks }, optional),
)

/** A user's server, its names as JupyterHub would hand them on. */
const serverKey = fc.record({
  username: fc.constantFrom('alice', 'bob', 'Ünïcode@example.org', 'a/b', '..', 'x'.repeat(255)),
  server_name: fc.constantFrom('', '1', 'lab', 'My Lab!', 'ünï-çode', '-', 'x'.repeat(255)),
})

/** The data of a `spawner.start` that nothing is wrong with, but for what only the Engine can know. */
const startData = fc.record(
  {
    ...{
      server: serverKey,
      env: environment,
      cmd: fc.constantFrom(null, ['jupyterhub-singleuser']),
    },
    ...{ config, user_options: userOptions },
    args: fc.constantFrom(null, ['--debug', '{{']),
    spawn_id: fc.constantFrom('spawn-1', 'spawn-2', 'a:b.c_d-e'),
    issued_at: fc.constantFrom(1, 1_790_000_000_000, 1.5),
    start_timeout: fc.constantFrom(1, 60, 86_400),
    wait_s: fc.constantFrom(0, 0, 0, 0, 0.12),
    port: fc.constantFrom(8888, 1, 65_535),
  },
  { requiredKeys: ['server', 'config', 'wait_s', 'start_timeout'] },
)

/** The data of each verb that a hub can send. */
export const verbData: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  start: startData,
  explain: startData,
  poll: fc.oneof(
    fc.record(
      {
        server: serverKey,
        cursor: fc.constantFrom('', 'absent'),
        wait_s: fc.constantFrom(0, 0.05),
      },
      { requiredKeys: ['server'] },
    ),
    fc.record(
      { servers: fc.array(serverKey, { maxLength: 5 }), cursor: fc.constant('x') },
      { requiredKeys: ['servers'] },
    ),
  ),
  stop: fc.record(
    { server: serverKey, spawn_id: fc.constantFrom('spawn-1', 'x'), now: fc.boolean() },
    { requiredKeys: ['server'] },
  ),
  forget: fc.record({ server: serverKey }),
  pull: fc.record(
    {
      images: fc.array(
        fc.record({ image, placement, why: fc.string() }, { requiredKeys: ['image'] }),
        { maxLength: 3 },
      ),
      config,
      is_all: fc.boolean(),
      wait_s: fc.constantFrom(0, 0, 0, 0.05),
    },
    optional,
  ),
}
