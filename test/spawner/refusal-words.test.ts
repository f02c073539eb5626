import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { type Issue, SpawnError } from '../../src/spawner/errors.ts'
import { issueWords } from '../../src/spawner/issue-words.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import { BUILT_IN_POLICY } from '../../src/spawner/policy/policy.ts'
import { CONTAINER_SPEC, DNS_CONFIG } from '../../src/spawner/settings/container-spec.ts'
import type { Spellings } from '../../src/spawner/settings/entries.ts'
import { HEALTHCHECK } from '../../src/spawner/settings/healthcheck.ts'
import { HubConfig } from '../../src/spawner/settings/hub-config.ts'
import { USER_OPTIONS } from '../../src/spawner/settings/merge-config.ts'
import { DRIVER, MOUNT } from '../../src/spawner/settings/mounts.ts'
import { ATTACHMENT } from '../../src/spawner/settings/networks.ts'
import { PLACEMENT, PLATFORM } from '../../src/spawner/settings/placement.ts'
import { RESOURCES } from '../../src/spawner/settings/resources.ts'
import { RESTART_POLICY } from '../../src/spawner/settings/restart-policy.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'

/** What is refused of a start: by its form, or by its settings. */
const issuesOf = (data: object): readonly Issue[] => {
  const all = { server: { username: 'alice' }, ...data }
  const request = v.safeParse(StartRequest, all)
  if (!request.success)
    return request.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? 'data',
      message: issueWords(issue),
    }))
  try {
    planSpec('default', request.output, BUILT_IN_POLICY)
    return []
  } catch (error) {
    if (error instanceof SpawnError) return error.issues
    throw error
  }
}

/** Every kind of JSON that a setting may be by mistake. */
const WRONG: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e300, 7, '', 'x', 'x=y', '0.5', '2G', 'a=b=c', 'a:b:c:d', 'é', '"'],
  ...[[], [null], [true], [7], ['x'], [''], [['x']], [[7]], [{}], [{ x: 1 }], [{ kind: 'x' }]],
  ...[{}, { x: 1 }, { x: null }, { x: [1] }, { x: { y: 1 } }, { '': '' }, { constructor: 1 }],
  ...[{ target: '/x', x: 1 }, [{ target: 7 }], [{ target: '/x', type: 'nfs' }], [{ name: 7 }]],
]

/** docker-py's spellings, as most people write them. */
const keysOf = (spellings: Spellings): string[] =>
  Object.entries(spellings).map(([field, others]) => others[0] ?? field)

/** Puts a value under keys, the numbers among which are places in a list. */
const under = (keys: readonly string[], value: unknown): unknown =>
  keys.reduceRight<unknown>((inner, key) => (key === '0' ? [inner] : { [key]: inner }), value)

const FIELDS: readonly (readonly string[])[] = [
  ...Object.keys(HubConfig.entries).map((key) => [key]),
  ...keysOf(CONTAINER_SPEC).map((key) => ['container_spec', key]),
  ...keysOf(DNS_CONFIG).map((key) => ['container_spec', 'dns_config', key]),
  ...keysOf(HEALTHCHECK).map((key) => ['healthcheck', key]),
  ...keysOf(RESTART_POLICY).map((key) => ['restart_policy', key]),
  ...keysOf(DRIVER).map((key) => ['log_driver', key]),
  ...keysOf(RESOURCES).map((key) => ['resource_spec', key]),
  ...keysOf(PLACEMENT).map((key) => ['placement', key]),
  ...keysOf(PLATFORM).map((key) => ['placement', 'platforms', '0', key]),
  ...keysOf(ATTACHMENT).map((key) => ['networks', '0', key]),
  ...keysOf(MOUNT).map((key) => ['mounts', '0', key]),
  ...keysOf(DRIVER).map((key) => ['mounts', '0', 'driver_config', key]),
  ...['secrets', 'configs', 'ulimits', 'labels', 'hosts', 'sysctls'].flatMap((field) =>
    ['x', 'name', 'id', 'file', 'soft'].map((key) => ['container_spec', field, '0', key]),
  ),
  ...['Limits', 'Reservations'].flatMap((kind) =>
    ['NanoCPUs', 'MemoryBytes', 'GenericResources'].map((key) => ['resource_spec', kind, key]),
  ),
]
const OPTIONS = keysOf(USER_OPTIONS).map((key) => [key])
const STARTS = Object.keys(StartRequest.entries).map((key) => [key])

/** What valibot says, and what nobody writes to an admin. */
const CHECKERS =
  /\b(?:Object|Array|String|Number|string|boolean|undefined|NaN|Invalid|Expected|received|expected)\b|something else|[<>]=?\d|[!|]"|must be "|\(.*\|/

/** A name of the Engine's, which settings spell otherwise. */
const CAMEL = /(?:^|\.)[A-Z]|[a-z][A-Z]/

const expectPlain = (issues: readonly Issue[], keys: readonly string[], root: string): void => {
  const isEngines = keys.some((key) => CAMEL.test(key))
  for (const { path, message } of issues) {
    expect(`${path}: ${message}`).not.toMatch(CHECKERS)
    if (!isEngines) expect(path).not.toMatch(CAMEL)
    expect(
      [root, keys[0], 'container_spec', 'networks'].some((one) => path.includes(one ?? '')),
    ).toBe(true)
  }
}

const countRefused = (
  fields: readonly (readonly string[])[],
  make: (value: unknown) => object,
  root: string,
): number => {
  let refused = 0
  for (const keys of fields)
    for (const wrong of WRONG) {
      const issues = issuesOf(make(under(keys, wrong)))
      if (issues.length > 0) refused++
      expectPlain(issues, keys, root)
    }
  return refused
}

const dict = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

describe('a refusal is in the words of the setting, whatever is wrong', () => {
  test('with a setting of the hub', () => {
    const count = countRefused(
      FIELDS,
      (value) => ({ config: { service_image: 'x', networks: ['n'], ...dict(value) } }),
      'config',
    )
    expect(count).toBeGreaterThan(FIELDS.length * 10)
  })

  test('with an option of a user', () => {
    const config = { service_image: 'x', networks: ['n'], use_user_options: true }
    const fields = [...OPTIONS, ...FIELDS.filter(([key = '']) => key in USER_OPTIONS)]
    const count = countRefused(fields, (user_options) => ({ config, user_options }), 'user_options')
    expect(count).toBeGreaterThan(fields.length * 5)
  })

  test('with what else a start has', () => {
    const config = { service_image: 'x', networks: ['n'] }
    expect(countRefused(STARTS, (value) => ({ config, ...dict(value) }), '')).toBeGreaterThan(100)
  })

  test.each([
    [{ mem_limit: [] }, "config.mem_limit must be a number of bytes, or a text such as '2G'"],
    [{ cpu_limit: [] }, "config.cpu_limit must be a number of CPUs, such as 0.5 or '0.5'"],
    [{ service_port: 0 }, 'config.service_port must be at least 1'],
    [{ service_port: 1.5 }, 'config.service_port must be a whole number'],
    [{ endpoint: 'x' }, "config.endpoint must be 'dnsrr' or 'vip'"],
    [{ init: 'yes' }, 'config.init must be true or false'],
    [{ nosuch: 1 }, 'config.nosuch is not known'],
    [{ labels: { a: 1 } }, 'labels.a must be a text'],
    [{ placement: { max_replicas: -1 } }, 'placement.max_replicas must be at least 0'],
    [{ restart_policy: { max_attempts: -1 } }, 'restart_policy.max_attempts must be at least 0'],
    [
      { container_spec: {} },
      'container_spec.image is missing: name the image of the notebook server',
    ],
    [
      { resource_spec: { mem_limit: true } },
      "resource_spec.mem_limit must be a number of bytes, or a text such as '2G'",
    ],
    [
      { mounts: [{ type: 'tmpfs', target: '/x', tmpfs_size: true }] },
      "mounts.0.tmpfs_size must be a number of bytes, or a text such as '2G'",
    ],
    [
      { mounts: [{ source: 'a', target: '/x', read_only: 1 }] },
      'mounts.0.read_only must be true or',
    ],
    [{ mounts: [{ Source: 'a', Target: '/x', ReadOnly: 1 }] }, 'mounts.0.ReadOnly must be true or'],
    [{ healthcheck: { retries: 'x' } }, 'healthcheck.retries must be a number'],
    [{ restart_policy: { max_attempts: 'x' } }, 'restart_policy.max_attempts must be a number'],
    [{ networks: [{ aliases: ['a'] }] }, 'networks.0.target is missing'],
    [{ placement: { platforms: [{ os: 1 }] } }, 'placement.platforms.0.os must be a text'],
  ])('%j: %s', (config, expected) => {
    const image = 'container_spec' in config ? {} : { service_image: 'x' }
    const told = issuesOf({ config: { ...image, ...config } })
    expect(told.map(({ path, message }) => `${path} ${message}`)).toEqual([
      expect.stringContaining(expected),
    ])
  })
})
