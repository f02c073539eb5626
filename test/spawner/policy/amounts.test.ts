import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { planSpec } from '../../../src/spawner/plan-spec.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'

type Asked = { config?: object; user_options?: unknown; groups?: string[] }

/** What a policy refuses: the setting, and the rule without the words that all have. */
const refused = (policy: unknown, { config, ...more }: Asked): [from: string, rule: string][] => {
  const request = v.parse(StartRequest, {
    server: { username: 'alice' },
    config: { service_image: 'lab:1', networks: ['lab'], use_user_options: true, ...config },
    ...more,
  })
  return planSpec('main', request, completePolicy(v.parse(PolicyFile, policy)))
    .verdicts.filter(({ verdict }) => verdict === 'refused')
    .map(({ from, rule }) => [from, rule.replace('not allowed by the policy ', '')])
}

const dict = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`K${index}`, 'x']))
const env = (count: number) => ({ user_options: { container_spec: { env: dict(count) } } })
const ENV = 'user_options.container_spec.env'

describe('a size', () => {
  test.each(['2g', '2G', '2048mb', '2 GB', '2GiB', '2Gi', '2097152k', 2 ** 31])(
    'is written in a policy as in settings and options: %j',
    (size) => {
      const policy = { user: { resources: { memory: size, reserved_memory: size } } }
      const ask = (resource_spec: object) => refused(policy, { user_options: { resource_spec } })
      expect(ask({ mem_limit: size, mem_reservation: size })).toEqual([])
      expect(ask({ mem_limit: '2.1G' })).toHaveLength(1)
      expect(ask({ Limits: { MemoryBytes: '3gib' } })).toHaveLength(1)
    },
  )
})

describe('amounts', () => {
  test('amounts are counted in all of a dict, and told once', () => {
    expect(refused({}, env(128))).toEqual([])
    expect(refused({}, env(129))).toEqual([[ENV, '(user.amounts.environment): at most 128']])
  })

  test('amounts are keys of the policy, each by itself, which groups widen', () => {
    const policy = {
      user: { amounts: { environment: 2 } },
      groups: { big: { amounts: { environment: 4, args: 1 } } },
    }
    expect(refused(policy, env(2))).toEqual([])
    expect(refused(policy, env(3))).toEqual([[ENV, '(user.amounts.environment): at most 2']])
    expect(refused(policy, { ...env(4), groups: ['big'] })).toEqual([])
    expect(refused(policy, { ...env(5), groups: ['big'] })).toHaveLength(1)
    const args = { user_options: { container_spec: { args: Array(128).fill('x') } } }
    expect(refused(policy, { ...args, groups: ['big'] })).toEqual([])
  })

  test('amounts of a hub have a bound only if a policy sets one; its settings are counted together', () => {
    const hosts = Object.fromEntries(Object.keys(dict(40)).map((name) => [name, '10.0.0.1']))
    const config = { environment: dict(200), container_spec: { env: dict(400), hosts } }
    expect(refused({}, { config })).toEqual([])
    expect(refused({ admin: { amounts: { environment: 599, items: 40 } } }, { config })).toEqual([
      ['environment', '(admin.amounts.environment): at most 599'],
    ])
    expect(refused({ admin: { amounts: { items: 39 } } }, { config })).toEqual([
      ['container_spec.hosts', '(admin.amounts.items): at most 39'],
    ])
  })

  test('amounts of labels are told by the dict, whatever the names', () => {
    const labels = { 'a.b': 'x', 'c.d': 'x' }
    const policy = { admin: { amounts: { items: 1 } } }
    expect(refused(policy, { config: { labels } })).toEqual([
      ['labels', '(admin.amounts.items): at most 1'],
    ])
  })

  test('options that the policy does not let anyone have cost nothing', () => {
    const user_options = { container_spec: { env: { A: 'x'.repeat(1e6) } } }
    expect(refused({}, { config: { use_user_options: false }, user_options })).toEqual([])
  })
})

describe('options together', () => {
  const of = (size: number, policy: unknown = {}, groups: string[] = []) => {
    const empty = JSON.stringify({ container_spec: { env: { A: '' } } }).length
    const user_options = { container_spec: { env: { A: 'x'.repeat(size - empty) } } }
    return () => refused(policy, { user_options, groups })
  }

  test('options together may have 64 KiB of JSON, to the byte', () => {
    expect(of(65_536)()).toEqual([])
    expect(of(65_537)).toThrow(
      'user_options: not allowed by the policy (user.amounts.options): at most 65536 bytes of JSON',
    )
  })

  test('options together may have as much JSON as a policy says', () => {
    const policy = {
      user: { amounts: { options: '1K' } },
      groups: { big: { amounts: { options: '1M' } } },
    }
    expect(of(1024, policy)()).toEqual([])
    expect(of(1025, policy)).toThrow('at most 1024 bytes')
    expect(of(500_000, policy, ['big'])()).toEqual([])
  })

  test('options together are measured as the Engine would have them, too', () => {
    const of = (text: string) =>
      refused({}, { user_options: { container_spec: { env: { A: text } } } })
    const rule =
      '(user.amounts.options): at most 65536 bytes of JSON, counted after placeholders are filled in'
    expect(of('{{'.repeat(8192))).toEqual([])
    expect(of('{{'.repeat(8193))).toEqual([['user_options', rule]])
    const labels = { a: '{username}'.repeat(50) }
    const hubs = (options: string) =>
      refused({ admin: { amounts: { options } } }, { config: { labels } })
    expect(hubs('2K')).toEqual([])
    expect(hubs('1K')).toEqual([
      [
        'config',
        '(admin.amounts.options): at most 1024 bytes of JSON, counted after placeholders are filled in',
      ],
    ])
  })
})

describe('a tmpfs', () => {
  const tmpfs = (tmpfs_size: string, index = 0) => ({
    type: 'tmpfs',
    target: `/t${index}`,
    tmpfs_size,
  })
  const byDriver = (o: string, name?: string) => ({
    source: 'v',
    target: '/v',
    driver_config: { ...(name && { name }), options: { type: 'tmpfs', device: 'tmpfs', o } },
  })
  const bounded = { admin: { mounts: { tmpfs: '1G' } } }
  const of = (...mounts: object[]) => refused(bounded, { config: { mounts } })

  test.each(['size=1g', 'uid=1000,size=1048576k', 'size=2g,size=1G', 'size=1024m,mode=700'])(
    'a tmpfs of a volume driver counts as one: %s',
    (o) => {
      expect(of(byDriver(o))).toEqual([])
      expect(of(tmpfs('1m'), byDriver(o))).toEqual([
        ['mounts.1', '(admin.mounts.tmpfs): at most 1073741824 bytes for all tmpfs together'],
      ])
    },
  )

  test.each([
    '',
    'uid=1000',
    'size=2g',
    'size=1g,size=2g',
    'size=50%',
    'size=0',
    'size=0x1',
    'size',
  ])('a tmpfs of a volume driver may fill the memory: %j', (o) => {
    expect(of(byDriver(o))).toEqual([
      ['mounts.0', '(admin.mounts.tmpfs): a size of at most 1073741824 bytes'],
    ])
    expect(of(byDriver(o, 'local'))).toHaveLength(1)
    expect(refused({}, { config: { mounts: [byDriver(o)] } })).toEqual([])
  })

  test('a tmpfs may be counted in blocks, which are not read', () => {
    expect(of(byDriver('size=1m,nr_blocks=99999999'))).toHaveLength(1)
  })

  test('all tmpfs together have a total of their own', () => {
    const policy = { user: { mounts: { tmpfs: '2G', tmpfs_total: '3G' } } }
    const ask = (...mounts: object[]) =>
      refused(policy, { user_options: { mounts } }).map(([from]) => from)
    expect(ask(tmpfs('2G'), tmpfs('1G', 1))).toEqual([])
    expect(ask(tmpfs('3G'))).toEqual(['user_options.mounts.0'])
    expect(ask(tmpfs('2G'), tmpfs('2G', 1))).toEqual(['user_options.mounts.1'])
  })
})

describe('reservations', () => {
  const policy = { user: { resources: { cpus: 4, reserved_cpus: 1, reserved_memory: '1G' } } }
  const ask = (resource_spec: object, groups: string[] = []) =>
    refused(
      { ...policy, groups: { big: { resources: { reserved_cpus: 2 } } } },
      {
        user_options: { resource_spec },
        groups,
      },
    ).map(([, rule]) => rule)

  test('reservations have a ceiling below that of limits', () => {
    expect(ask({ cpu_limit: 4e9, cpu_reservation: 1e9, mem_reservation: 2 ** 30 })).toEqual([])
    expect(ask({ cpu_limit: 4e9, cpu_reservation: 2e9 })).toEqual([
      '(user.resources.cpus): at most 1 CPUs',
    ])
    expect(ask({ Reservations: { MemoryBytes: 2 ** 31 } })).toHaveLength(1)
    expect(ask({ cpu_reservation: 2e9 }, ['big'])).toEqual([])
  })

  test('reservations stay within the limit in force', () => {
    expect(ask({ cpu_limit: 0.5e9, cpu_reservation: 0.8e9 })).toHaveLength(1)
  })
})

describe('what a hub leaves out', () => {
  const of = (admin: object, config: object = {}) => refused({ admin }, { config })

  test('a limit that a hub leaves out is the default, which has to fit as well', () => {
    expect(of({ stop_grace_period: '10s' })).toEqual([])
    expect(of({ stop_grace_period: '9s' })).toEqual([
      ['stop_grace_period', '(admin.stop_grace_period): it has to be set: at most 9s'],
    ])
    expect(of({ stop_grace_period: '9s' }, { stop_grace_period: '9s' })).toEqual([])
    expect(of({ oom_score_adj: 100 })).toEqual([
      ['container_spec.oom_score_adj', '(admin.oom_score_adj): it has to be set: at least 100'],
    ])
  })

  test('a restart policy that a hub leaves out is no restart, or one after 5 s', () => {
    expect(of({ restart_delay: '10s' })).toEqual([])
    expect(of({ restart_delay: '5s' }, { restart_policy: 'any' })).toEqual([])
    expect(of({ restart_delay: '10s' }, { restart_policy: 'any' })).toEqual([
      ['restart_policy', '(admin.restart_delay): it has to be set: at least 10s'],
    ])
    const slow = { restart_policy: { condition: 'any', delay: '10s' } }
    expect(of({ restart_delay: '10s' }, slow)).toEqual([])
  })

  test('swap that a hub leaves out is as large as the memory', () => {
    const limit = { resource_spec: { mem_limit: 2 ** 30 } }
    expect(of({ resources: { swap: '1G' } }, limit)).toEqual([])
    expect(of({ resources: { swap: '512M' } }, limit)).toHaveLength(1)
    expect(of({ resources: { swap: '1G' } })).toHaveLength(1)
  })
})

describe('oom_score_adj', () => {
  const of = (policy: unknown, oom_score_adj: number) =>
    refused(policy, { config: { container_spec: { oom_score_adj } } }).length
  const user = (rules: object, oom_score_adj: number) =>
    refused({ user: rules }, { user_options: { container_spec: { oom_score_adj } } }).length

  test('oom_score_adj of a hub is 0 or more, unless the policy names the field or a floor', () => {
    expect([of({}, 0), of({}, 1000), of({}, -1)]).toEqual([0, 0, 1])
    const fields = ['*', 'oom_score_adj']
    expect(of({ admin: { fields } }, -1000)).toBe(0)
    expect(of({ admin: { oom_score_adj: -10 } }, -10)).toBe(0)
    expect(of({ admin: { oom_score_adj: -10 } }, -11)).toBe(1)
    expect(of({ admin: { fields, oom_score_adj: -10 } }, -11)).toBe(1)
    expect(of({ admin: { fields: ['args'] } }, 1)).toBe(1)
  })

  test('oom_score_adj of a user is 0 or more if the field is listed, and lower by a floor alone', () => {
    const fields = ['oom_score_adj']
    expect([user({}, 1), user({ fields }, 1), user({ fields }, -1)]).toEqual([1, 0, 1])
    expect(user({ fields, oom_score_adj: -100 }, -100)).toBe(0)
  })
})

describe('ulimits', () => {
  const of = (rules: object, Name: string, most: number, author = 'admin') => {
    const container_spec = { ulimits: [{ Name, Soft: 1, Hard: most }] }
    const asked =
      author === 'admin' ? { config: { container_spec } } : { user_options: { container_spec } }
    return refused({ [author]: rules }, asked).map(([, rule]) => rule)
  }

  test('ulimits of a hub are free, or what the policy names', () => {
    expect(of({}, 'nofile', -1)).toEqual([])
    const named = { ulimits: { nofile: 1024 } }
    expect(of(named, 'nofile', 1024)).toEqual([])
    expect(of(named, 'nofile', 1025)).toEqual(['(admin.ulimits): at most 1024'])
    expect(of(named, 'nofile', -1)).toHaveLength(1)
    expect(of(named, 'nproc', 1)).toEqual([
      '(admin.ulimits): it allows only those that it lists by name',
    ])
  })

  test('ulimits that are not named are those of *, if it is there', () => {
    const named = { ulimits: { nofile: 1024, '*': 5 } }
    expect(of(named, 'nofile', 1024)).toEqual([])
    expect(of(named, 'NoFile', 2000)).toHaveLength(1)
    expect(of(named, 'nproc', 5)).toEqual([])
    expect(of(named, 'nproc', 6)).toHaveLength(1)
  })

  test('ulimits of a user are those that the policy names', () => {
    expect(of({ ulimits: { nofile: 1024 } }, 'nofile', 1024, 'user')).toEqual([])
    expect(of({ ulimits: { '*': 1024 } }, 'nofile', 1, 'user')).toHaveLength(1)
    expect(of({ ulimits: { '*': 1024 }, fields: ['ulimits'] }, 'nofile', 1, 'user')).toEqual([])
    expect(of({ fields: ['ulimits'] }, 'nofile', 1, 'user')).toHaveLength(1)
  })
})

describe('a health check', () => {
  const of = (healthcheck: object, rules: object = {}) =>
    refused(
      { user: { fields: ['healthcheck'], ...rules } },
      { user_options: { container_spec: { healthcheck } } },
    ).map(([, rule]) => rule)

  test('a health check of a user has times between bounds', () => {
    const whole = { interval: '1s', timeout: '60s', retries: 10, start_period: '10m' }
    expect(of({ test: 'true', ...whole })).toEqual([])
    expect(of({ interval: '5m', start_interval: '1s' })).toEqual([])
    // The image's own.
    expect(of({ Interval: 0, Timeout: 0, Retries: 0 })).toEqual([])
    expect(of({ interval: '5m1ms', timeout: '61s' })).toEqual([
      '(user.healthcheck.max_interval): Interval is at most 300s',
      '(user.healthcheck.max_timeout): Timeout is at most 60s',
    ])
    expect(of({ interval: '5ms' })).toEqual([
      '(user.healthcheck.min_interval): Interval is at least 1s',
    ])
  })

  test('a health check has the bounds of the policy, each by itself', () => {
    const rules = { healthcheck: { min_interval: '10s' } }
    expect(of({ interval: '9s' }, rules)).toHaveLength(1)
    expect(of({ interval: '10s', timeout: '60s' }, rules)).toEqual([])
    expect(of({ timeout: '61s' }, rules)).toHaveLength(1)
  })
})
