import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import {
  readContainerSpec,
  readLabelEntries,
} from '../../../src/spawner/settings/container-spec.ts'
import type { Entry } from '../../../src/spawner/settings/entries.ts'
import type { Context } from '../../../src/spawner/settings/template.ts'

const placeholders = { '{username}': '6384', '{server_name}': 'lab', '{raw_username}': 'alice' }
const admin: Context = { placeholders, author: 'admin' }
const user: Context = { placeholders, author: 'user' }

const values = (entries: readonly Entry[]) =>
  Object.fromEntries(entries.map(({ path, value }) => [path.join('.'), value]))

const C = 'TaskTemplate.ContainerSpec'
const read = (spec: unknown, context = admin) =>
  values(readContainerSpec(spec, context, 'container_spec'))

const File = { Name: 'key', UID: '0', GID: '0', Mode: 0o400 }

describe("each field reads alike in docker-py's spelling and in the Engine's", () => {
  test.each([
    ['image', 'Image', 'jupyter/base-notebook'],
    ['command', 'Command', ['tini', '--']],
    ['args', 'Args', ['start-singleuser.sh']],
    ['hostname', 'Hostname', 'notebook'],
    ['workdir', 'Dir', '/home/jovyan'],
    ['user', 'User', '1000:100'],
    ['stop_grace_period', 'StopGracePeriod', 5e9],
    ['secrets', 'Secrets', [{ SecretID: 'x', SecretName: 'key', File }]],
    ['configs', 'Configs', [{ ConfigID: 'x', ConfigName: 'rc', File }]],
    ['tty', 'TTY', true],
    ['groups', 'Groups', ['100']],
    ['open_stdin', 'OpenStdin', true],
    ['read_only', 'ReadOnly', true],
    ['stop_signal', 'StopSignal', 'SIGINT'],
    ['hosts', 'Hosts', ['10.0.0.1 nas']],
    ['isolation', 'Isolation', 'default'],
    ['init', 'Init', false],
    ['cap_add', 'CapabilityAdd', ['CAP_NET_ADMIN']],
    ['cap_drop', 'CapabilityDrop', ['ALL']],
    ['sysctls', 'Sysctls', { 'net.core.somaxconn': '1024' }],
    ['privileges', 'Privileges', { NoNewPrivileges: true }],
    ['ulimits', 'Ulimits', [{ Name: 'nofile', Soft: 1024, Hard: 2048 }]],
    ['oom_score_adj', 'OomScoreAdj', 100],
    ['mounts', 'Mounts', [{ Type: 'volume', Source: 'v', Target: '/v' }]],
    ['dns_config', 'DNSConfig', { Nameservers: ['10.0.0.2'], Search: ['a.b'], Options: ['x'] }],
    ['healthcheck', 'Healthcheck', { Test: ['CMD', 'true'], Interval: 30e9 }],
    ['healthcheck', 'HealthCheck', { Test: ['CMD', 'true'], Interval: 30e9 }],
  ])('the field reads alike as %s and as %s', (snake, engine, value) => {
    const field = engine === 'HealthCheck' ? 'Healthcheck' : engine
    expect(read({ [snake]: value })).toEqual({ [`${C}.${field}`]: value })
    expect(read({ [engine]: value })).toEqual({ [`${C}.${field}`]: value })
  })

  test.each<[string, unknown, string, unknown]>([
    ['sysctls', ['a.b=1', 'c=2=3'], 'Sysctls', { 'a.b': '1', c: '2=3' }],
    ['sysctls', 'a.b=1', 'Sysctls', { 'a.b': '1' }],
    ['dns', ['10.0.0.2'], 'DNSConfig', { Nameservers: ['10.0.0.2'] }],
    ['dns', '10.0.0.2', 'DNSConfig', { Nameservers: ['10.0.0.2'] }],
    ['dns_config', { search: 'a.b' }, 'DNSConfig', { Search: ['a.b'] }],
    ['cap_add', 'NET_ADMIN', 'CapabilityAdd', ['NET_ADMIN']],
    ['cap_drop', 'ALL', 'CapabilityDrop', ['ALL']],
    ['groups', '100', 'Groups', ['100']],
    ['hosts', ['lms:10.0.0.1'], 'Hosts', ['10.0.0.1 lms']],
    ['ulimits', ['nofile=1:2'], 'Ulimits', [{ Name: 'nofile', Soft: 1, Hard: 2 }]],
    [
      'healthcheck',
      'curl -f localhost',
      'Healthcheck',
      { Test: ['CMD-SHELL', 'curl -f localhost'] },
    ],
    ['healthcheck', 'NONE', 'Healthcheck', { Test: ['NONE'] }],
    ['labels', ['a=b'], 'Labels.a', 'b'],
  ])('%s as the docker CLI has it: %j', (key, input, field, expected) => {
    expect(read({ [key]: input })).toEqual({ [`${C}.${field}`]: expected })
  })

  test.each(['env', 'environment', 'Env'])('the environment reads alike as %s', (key) => {
    expect(read({ [key]: { A: '1' } })).toEqual({ [`${C}.Env.A`]: '1' })
    expect(read({ [key]: ['A=1'] })).toEqual({ [`${C}.Env.A`]: '1' })
  })

  test.each(['labels', 'Labels'])('the labels read alike as %s', (key) => {
    expect(read({ [key]: { a: 'b' } })).toEqual({ [`${C}.Labels.a`]: 'b' })
  })
})

describe('the forms that docker-py takes', () => {
  test.each([
    ['hosts as a dict', { hosts: { nas: '10.0.0.1' } }, { [`${C}.Hosts`]: ['10.0.0.1 nas'] }],
    [
      'a mount as a text',
      { mounts: ['v:/v'] },
      { [`${C}.Mounts`]: [{ Type: 'volume', Source: 'v', Target: '/v', ReadOnly: false }] },
    ],
    [
      'a DNS configuration in small letters',
      { dns_config: { nameservers: ['10.0.0.2'], search: null } },
      { [`${C}.DNSConfig`]: { Nameservers: ['10.0.0.2'] } },
    ],
    [
      'a health check in small letters',
      {
        healthcheck: {
          test: 'true',
          interval: 30e9,
          timeout: '3s',
          retries: 3,
          start_period: '1m',
        },
      },
      {
        [`${C}.Healthcheck`]: {
          Test: ['CMD-SHELL', 'true'],
          Interval: 30e9,
          Timeout: 3e9,
          Retries: 3,
          StartPeriod: 60e9,
        },
      },
    ],
    ['a duration as a text', { stop_grace_period: '1m' }, { [`${C}.StopGracePeriod`]: 60e9 }],
    ['None passed over', { image: null, env: null, mounts: null, hosts: null }, {}],
    ['the empty text of the old README', { Image: '', args: '' }, {}],
  ])('a form that docker-py takes is read: %s', (_, spec, expected) => {
    expect(read(spec)).toEqual(expected)
  })

  test.each([
    ['start-notebook.sh', ['start-notebook.sh']],
    ['start.sh  --a\t-b', ['start.sh', '--a', '-b']],
    [`sh -c 'jupyter lab; exit'`, ['sh', '-c', 'jupyter lab; exit']],
    [`x --name="a b" ''`, ['x', '--name=a b', '']],
    [`"it's"`, ["it's"]],
    ['   ', []],
  ])('a command may be the text %j', (text, words) => {
    expect(read({ args: text, command: text })).toEqual({
      [`${C}.Args`]: words,
      [`${C}.Command`]: words,
    })
  })
})

describe('what the old README nests in a container_spec', () => {
  test('resources, placement and network may be nested in a container_spec, as in the old README', () => {
    const spec = {
      resource_spec: { cpu_limit: 1e9 },
      placement: ['node.role==worker'],
      network: ['mynetwork'],
    }
    expect(read(spec)).toEqual({
      'TaskTemplate.Resources.Limits.NanoCPUs': 1e9,
      'TaskTemplate.Placement.Constraints': ['node.role==worker'],
      'TaskTemplate.Networks': [{ Target: 'mynetwork' }],
    })
  })

  test.each([
    { args: '', Image: '', resource_spec: {}, placement: [], network: [], name: '' },
    { resource_spec: [], placement: {}, networks: '' },
  ])(
    'the empty template that the old README nests in a container_spec says nothing: %j',
    (template) => {
      expect(read(template)).toEqual({})
    },
  )

  test.each(['network', 'networks'])('what is nested as %s is named as it was written', (key) => {
    expect(() => read({ [key]: [7] })).toThrow(`container_spec.${key}.0: must be a dict`)
  })

  test('a name that is nested in a container_spec is refused', () => {
    expect(() => read({ name: 'mine' })).toThrow(
      "container_spec.name: can't be chosen: the service's name is made from the hub's server name",
    )
  })
})

describe('refusals name the setting as it was written', () => {
  test.each([
    [
      'an unknown field',
      { img: 'x' },
      'container_spec.img: not a setting; the settings are Image, image',
    ],
    ['a field given twice', { image: 'x', Image: 'y' }, 'container_spec.Image: given twice'],
    ['a list', [], 'container_spec: must be a dict'],
    ['a text', 'image', 'container_spec: must be a dict'],
    ['mounts that are none', { mounts: 'v:/v' }, 'container_spec.mounts: must be a list'],
    ['an environment that is none', { env: 7 }, 'container_spec.env: must be a dict'],
    ['a variable that is a list', { env: { A: [] } }, 'container_spec.env.A: must be a text'],
    [
      'labels without values',
      { labels: ['a=b', 'c'] },
      'container_spec.labels.1: must be a dict, or a',
    ],
    [
      'a duration that is none',
      { stop_grace_period: 'x' },
      'container_spec.stop_grace_period: must',
    ],
    ['a health check that is none', { healthcheck: true }, 'container_spec.healthcheck: must be'],
    [
      'a duration within a health check',
      { healthcheck: { interval: 5 } },
      'container_spec.healthcheck.interval: 5 ns is',
    ],
    ['a DNS configuration', { dns_config: { dns: [] } }, 'container_spec.dns_config.dns: not a'],
  ])(
    'a refusal names the setting of a container_spec as it was written: %s',
    (_, spec, message) => {
      expect(() => read(spec)).toThrow(SpawnError)
      expect(() => read(spec)).toThrow(message)
    },
  )
})

describe('templates and placeholders', () => {
  test("a user's host name is text to the Engine, an admin's is a template", () => {
    const spec = { hostname: '{{.Node.Hostname}}' }
    expect(read(spec)[`${C}.Hostname`]).toBe('{{.Node.Hostname}}')
    expect(read(spec, user)[`${C}.Hostname`]).toBe('{{"{{"}}.Node.Hostname}}')
  })

  test('placeholders are filled in labels, and in nothing else of the container', () => {
    const labels = { a: '{username}/{server_name}/{}', 'b-{raw_username}': '1' }
    expect(read({ labels, env: { A: '{username}' } })).toEqual({
      [`${C}.Labels.a`]: '6384/lab/{}',
      [`${C}.Labels.b-alice`]: '1',
      [`${C}.Env.A`]: '{username}',
    })
  })

  test.each([{ a: 'x-{user}' }, { '{user}': '1' }])(
    'a word that is none is refused in labels, names too: %j',
    (labels) => {
      expect(() => read({ labels })).toThrow(
        /^container_spec\.labels\..*: \{user\} is not a placeholder; known are \{username\}/,
      )
    },
  )
})

test('labels are one entry each, which says where it came from', () => {
  expect(readLabelEntries(['Labels'], { 'a.b': '{raw_username}' }, admin, 'labels')).toEqual([
    { path: ['Labels', 'a.b'], value: 'alice', from: 'labels.a.b' },
  ])
})

test('any mix of the two spellings of a container_spec reads as the same', () => {
  const both = [
    ['image', 'Image', 'a'],
    ['command', 'Command', ['a']],
    ['user', 'User', '1'],
    ['workdir', 'Dir', '/'],
    ['tty', 'TTY', true],
    ['env', 'Env', { A: '1' }],
    ['labels', 'Labels', { a: 'b' }],
    ['stop_grace_period', 'StopGracePeriod', '3s'],
    ['cap_add', 'CapabilityAdd', ['NET_ADMIN']],
  ] as const
  const pick = fc
    .subarray([...both])
    .chain((some) =>
      fc.tuple(fc.constant(some), fc.array(fc.boolean(), { minLength: 9, maxLength: 9 })),
    )
  fc.assert(
    fc.property(pick, ([some, isPython]) => {
      const mixed = some.map(([python, engine, value], i) => [isPython[i] ? python : engine, value])
      const engine = some.map(([, name, value]) => [name, value])
      expect(read(Object.fromEntries(mixed))).toEqual(read(Object.fromEntries(engine)))
    }),
  )
})
