import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { parseYaml } from '../../handlers/settings/yaml.node.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../src/spawner/policy/rules.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'
import { many } from './attempt.ts'

/** The example of docs/policy.md, word for word: whoever copies it must not have forgotten anything. */
const [example = ''] =
  readFileSync('docs/policy.md', 'utf8').match(
    /(?<=### A hub that holds less\n.*?```yaml\n).*?(?=```)/s,
  ) ?? []
const HOLDS_LESS = completePolicy(v.parse(PolicyFile, parseYaml(example)))
const GIB = 2 ** 30

type Settings = { container_spec?: object; resource_spec?: object } & Record<string, unknown>

/** What such a hub may have, and the settings under test over it. */
const refused = ({ container_spec, resource_spec, ...settings }: Settings): string[] => {
  const limits = { cpu_limit: 8e9, mem_limit: 32 * GIB, Limits: { Pids: 4096 } }
  const config = {
    networks: ['physics_servers'],
    mounts: ['physics.{username}:/home', '/srv/physics/data:/data:ro'],
    placement: ['node.role==worker'],
    container_spec: { image: 'lab:1', ...container_spec },
    resource_spec: { ...limits, ...resource_spec },
    ...settings,
  }
  const request = v.parse(StartRequest, { server: { username: 'alice' }, config })
  const { verdicts } = planSpec('physics', request, HOLDS_LESS)
  const names = verdicts.filter(({ verdict }) => verdict === 'refused').map(({ from }) => from)
  return [...new Set(names)]
}

test('a hub that holds less has what it needs', () => {
  expect(refused({})).toEqual([])
  const more: Settings = {
    container_spec: {
      oom_score_adj: 500,
      ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 65_536 }],
      healthcheck: { test: 'true', interval: '30s' },
    },
    resource_spec: { cpu_reservation: 2e9, mem_reservation: 8 * GIB, memory_swap: 32 * GIB },
    mounts: [{ type: 'tmpfs', target: '/dev/shm', tmpfs_size: '1G' }],
    stop_grace_period: '2m',
    log_driver: { name: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    restart_policy: { condition: 'on-failure', delay: '5s' },
  }
  expect(refused(more)).toEqual([])
  expect(refused({ restart_policy: 'any' })).toEqual([])
})

const tmpfs = (target: string, size: string) => ({ type: 'tmpfs', target, tmpfs_size: size })
const byDriver = (o: string) => ({
  source: 'physics.t',
  target: '/t',
  driver_config: { options: { type: 'tmpfs', device: 'tmpfs', o } },
})

test.each<[string, Settings, string]>([
  ["another hub's directory", { mounts: ['/srv/chemistry:/x'] }, 'mounts.0'],
  ["another hub's volume", { mounts: ['chemistry-1:/x'] }, 'mounts.0'],
  ['a tmpfs without a size', { mounts: [{ type: 'tmpfs', target: '/t' }] }, 'mounts.0'],
  ['a tmpfs of 2 GiB', { mounts: [tmpfs('/t', '2G')] }, 'mounts.0'],
  ['two tmpfs of 1 GiB', { mounts: [tmpfs('/t', '1G'), tmpfs('/u', '1G')] }, 'mounts.1'],
  ['a tmpfs by a driver', { mounts: [byDriver('size=1m')] }, 'mounts.0'],
  ['too many mounts', { mounts: many(17, (i) => `physics.${i}:/v${i}`) }, 'mounts'],
  ['another network', { networks: ['chemistry_servers'] }, 'networks.0'],
  ['two networks', { networks: ['physics_servers', 'others'] }, 'networks'],
  [
    'a name in its network',
    { networks: [{ target: 'physics_servers', aliases: ['hub'] }] },
    'networks',
  ],
  ['a host name', { container_spec: { hostname: 'hub' } }, 'container_spec.hostname'],
  ['logs without end', { log_driver: 'json-file' }, 'log_driver'],
  [
    'logs that are larger',
    { log_driver: { name: 'json-file', options: { 'max-size': '11m', 'max-file': '3' } } },
    'log_driver',
  ],
  ['logs elsewhere', { log_driver: 'syslog' }, 'log_driver'],
  ['a node of its choice', { placement: ['node.hostname==gpu-1'] }, 'placement.0'],
  ['9 CPUs', { resource_spec: { cpu_limit: 9e9 } }, 'resource_spec.cpu_limit'],
  ['no limit of CPUs', { resource_spec: { cpu_limit: 0 } }, 'resource_spec.cpu_limit'],
  ['33 GiB', { resource_spec: { mem_limit: 33 * GIB, memory_swap: 0 } }, 'resource_spec.mem_limit'],
  ['swap without end', { resource_spec: { memory_swap: -1 } }, 'resource_spec.memory_swap'],
  ['4097 processes', { resource_spec: { Limits: { Pids: 4097 } } }, 'resource_spec.Limits.Pids'],
  ['no limit of processes', { resource_spec: { Limits: {} } }, 'resource_spec.Limits.Pids'],
  ['3 CPUs reserved', { resource_spec: { cpu_reservation: 3e9 } }, 'resource_spec.cpu_reservation'],
  [
    '9 GiB reserved',
    { resource_spec: { Reservations: { MemoryBytes: 9 * GIB } } },
    'resource_spec.Reservations.MemoryBytes',
  ],
  ['9 GiB guaranteed', { mem_guarantee: '9G' }, 'mem_guarantee'],
  ['3 CPUs guaranteed', { cpu_guarantee: 3 }, 'cpu_guarantee'],
  [
    'a GPU',
    { resource_spec: { generic_resources: { gpu: 1 } } },
    'resource_spec.generic_resources',
  ],
  [
    'a GPU in digits',
    { resource_spec: { generic_resources: { gpu: '1' } } },
    'resource_spec.generic_resources',
  ],
  ['to be killed last', { container_spec: { oom_score_adj: -1 } }, 'container_spec.oom_score_adj'],
  [
    'more open files',
    { container_spec: { ulimits: [{ Name: 'nofile', Soft: 1, Hard: 65_537 }] } },
    'container_spec.ulimits.0',
  ],
  [
    'open files without end',
    { container_spec: { Ulimits: [{ Name: 'NOFILE', Soft: -1, Hard: -1 }] } },
    'container_spec.Ulimits.0',
  ],
  [
    'memory that nobody else gets',
    { container_spec: { ulimits: [{ Name: 'memlock', Soft: 1, Hard: 1 }] } },
    'container_spec.ulimits.0',
  ],
  [
    'to be scheduled first',
    { container_spec: { cap_add: ['SYS_NICE'] } },
    'container_spec.cap_add.0',
  ],
  ['three minutes to stop', { stop_grace_period: '3m' }, 'stop_grace_period'],
  [
    'days to stop',
    { container_spec: { StopGracePeriod: 864e12 } },
    'container_spec.StopGracePeriod',
  ],
  [
    'to be started all the time',
    { restart_policy: { condition: 'any', delay: 0 } },
    'restart_policy.delay',
  ],
  ['a check each millisecond', { healthcheck: { test: 'true', interval: '1ms' } }, 'healthcheck'],
  [
    'a check each millisecond at the start',
    { healthcheck: { test: 'true', start_interval: '1ms' } },
    'healthcheck',
  ],
  [
    '257 variables',
    { environment: Object.fromEntries(many(257, (i) => [`V${i}`, 'x'])) },
    'environment',
  ],
])('a hub that holds less does not get %s', (_, settings, from) => {
  expect(refused(settings)).toEqual([from])
})

test('a hub that holds less does not get settings without end', () => {
  const settings = { container_spec: { env: { A: 'x'.repeat(256 * 1024) } } }
  expect(() => refused(settings)).toThrow(/^config: .*\(admin\.amounts\.options\): at most 262144/)
})
