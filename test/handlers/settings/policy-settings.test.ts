import { mkdtempSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toJsonSchema } from '@valibot/to-json-schema'
import { describe, expect, test } from 'vitest'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import { readNodePolicy } from '../../../handlers/settings/policy.node.ts'
import { readPolicy } from '../../../handlers/settings/policy-settings.ts'
import { BUILT_IN_POLICY } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile, Rules } from '../../../src/spawner/policy/rules.ts'

const given = (policy: unknown) =>
  readPolicy({ SWARMSPAWNER_POLICY: typeof policy === 'string' ? policy : JSON.stringify(policy) })

const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-'))
const fromFile = (name: string, text: string) => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return readNodePolicy({ SWARMSPAWNER_POLICY: path })
}

describe('a policy', () => {
  test.each([[{}], [{ SWARMSPAWNER_POLICY: '' }], [{ SWARMSPAWNER_POLICY: '{}' }]])(
    'a policy that says nothing is the built-in one: %j',
    (env) => {
      expect(readPolicy(env)).toEqual(BUILT_IN_POLICY)
    },
  )

  test('a policy is filled in key by key, those of mounts and resources too', () => {
    const { admin, user } = given({ user: { mounts: { bind: ['/data:ro'] }, images: [] } })
    expect(admin).toEqual(BUILT_IN_POLICY.admin)
    expect(user.images).toEqual([])
    expect(user.mounts).toEqual({ ...BUILT_IN_POLICY.user.mounts, bind: ['/data:ro'] })
    expect(user.environment).toEqual(['*'])
  })

  test('a policy is filled in bound by bound', () => {
    const { user } = given({
      user: {
        amounts: { options: '128K' },
        healthcheck: { min_interval: '10s' },
        stop_grace_period: '1m30s',
      },
    })
    expect(user.amounts).toEqual({ ...BUILT_IN_POLICY.user.amounts, options: 131_072 })
    expect(user.healthcheck).toEqual({ ...BUILT_IN_POLICY.user.healthcheck, min_interval: 10e9 })
    expect(user.stop_grace_period).toBe(90e9)
  })

  test('a policy adds to a group only what it says', () => {
    const { groups } = given({ groups: { gpu: { resources: { memory: '64G' } } } })
    expect(groups).toEqual({ gpu: { resources: { memory: 64 * 2 ** 30 } } })
  })

  test('a policy may be JSON or YAML in a file', async () => {
    const wanted = given({ user: { fields: ['tty'] } })
    expect(await fromFile('a.json', '{"user": {"fields": ["tty"]}}')).toEqual(wanted)
    expect(await fromFile('a.yaml', 'user:\n  # a terminal\n  fields: [tty]\n')).toEqual(wanted)
  })
})

describe('a service with several hubs', () => {
  const SWARMSPAWNER_HUBS = 'physics=whsec_a,chemistry=whsec_b'
  const own = ['{hub}', '{hub}.*']

  test('each of several hubs has names that no other has, if the policy says nothing', () => {
    const { admin, user, hubs } = readPolicy({ SWARMSPAWNER_HUBS })
    expect(hubs).toEqual(['physics', 'chemistry'])
    expect(admin).toMatchObject({ mounts: { volume: own }, secrets: own, configs: own })
    expect(user.mounts?.volume).toEqual(
      ['{username}', '{username}-*', '*-{username}', '*-{username}-*'].map((one) => `{hub}.${one}`),
    )
    expect(admin.mounts?.bind).toEqual(BUILT_IN_POLICY.admin.mounts?.bind)
  })

  test('a service with several hubs may read them from a file', async () => {
    const path = join(directory, 'hubs')
    writeFileSync(path, SWARMSPAWNER_HUBS)
    const { hubs } = await readNodePolicy({ SWARMSPAWNER_HUBS_FILE: path })
    expect(hubs).toEqual(['physics', 'chemistry'])
  })

  test('each of several hubs has what its policy says, key by key', () => {
    const policy = { admin: { mounts: { volume: ['*'] } } }
    const { admin } = readPolicy({
      SWARMSPAWNER_HUBS,
      SWARMSPAWNER_POLICY: JSON.stringify(policy),
    })
    expect(admin).toMatchObject({ mounts: { volume: ['*'] }, secrets: own })
  })

  test('a quota for a hub needs a hub of this name, once the hubs are known', () => {
    const policy = { quotas: { hubs: { physics: { hub: { servers: 3 } }, physcis: {} } } }
    const SWARMSPAWNER_POLICY = JSON.stringify(policy)
    expect(() => readPolicy({ SWARMSPAWNER_HUBS, SWARMSPAWNER_POLICY })).toThrow(
      'SWARMSPAWNER_POLICY: quotas.hubs.physcis is no hub of this service; its hubs are physics, chemistry',
    )
    expect(readPolicy({ SWARMSPAWNER_POLICY }).quotas).toEqual(policy.quotas)
  })

  test('a hub that is alone has the names of before', () => {
    for (const pairs of ['physics=whsec_a', 'physics=whsec_a,physics=whsec_b'])
      expect(readPolicy({ SWARMSPAWNER_HUBS: pairs }).admin).toEqual(BUILT_IN_POLICY.admin)
  })
})

describe('the service does not start with a policy', () => {
  const refusal = async (act: () => unknown): Promise<string> => {
    try {
      await act()
    } catch (error) {
      if (error instanceof EnvError) return error.message
    }
    throw new Error('no EnvError')
  }

  test.each<[unknown, string]>([
    [{ users: {} }, 'users is not known'],
    [{ user: { image: ['a'] } }, 'user.image is not known'],
    [{ user: { images: 'a' } }, 'user.images must be a list'],
    [{ user: { images: [''] } }, 'user.images.0 must not be empty'],
    [{ admin: { mounts: { binds: [] } } }, 'admin.mounts.binds is not known'],
    [{ groups: { gpu: { resources: { memory: 'much' } } } }, 'groups.gpu.resources.memory must be'],
    [{ user: { resources: { cpus: -1 } } }, 'user.resources.cpus must be at least 0'],
    [
      { admin: { resources: { memory: '-1G' } } },
      'admin.resources.memory must be bytes, or a text',
    ],
    [{ user: { resources: { memory: '0.0001K' } } }, 'user.resources.memory must be bytes, or a'],
    [{ user: { resources: { memory: 1.5 } } }, 'user.resources.memory must be a whole number'],
    [{ user: { resources: { swap: '99999999T' } } }, 'user.resources.swap must be bytes, or a'],
    [{ user: { mounts: { tmpfs: -1 } } }, 'user.mounts.tmpfs must be at least 0'],
    [{ user: { mounts: { tmpfs: '1e3' } } }, 'user.mounts.tmpfs must be bytes, or a text'],
    [{ user: { resources: { cpus: 0.0001 } } }, 'user.resources.cpus must be 0, or at least 0.001'],
    [{ user: { resources: { cpus: '1' } } }, 'user.resources.cpus must be a number'],
    [{ user: { resources: { pids: 0.5 } } }, 'user.resources.pids must be a whole number'],
    [
      { user: { resources: { pids: 1e300 } } },
      'user.resources.pids must be at most 9007199254740991',
    ],
    [
      { admin: { resources: { generic: { gpu: -1 } } } },
      'admin.resources.generic.gpu must be at least 0',
    ],
    [{ user: { amounts: { options: '-1K' } } }, 'user.amounts.options must be bytes, or a text'],
    [{ user: { amounts: { args: 1.5 } } }, 'user.amounts.args must be a whole number'],
    [{ user: { amounts: { words: 1 } } }, 'user.amounts.words is not known'],
    [{ user: { stop_grace_period: '-1s' } }, 'user.stop_grace_period must be a duration such as'],
    [{ user: { stop_grace_period: 120 } }, 'user.stop_grace_period must be a duration such'],
    [{ user: { stop_grace_period: '0.1ns' } }, 'user.stop_grace_period must be a duration such'],
    [{ user: { restart_delay: '99999999999h' } }, 'user.restart_delay must be a duration such as'],
    [
      { user: { healthcheck: { max_retries: -1 } } },
      'user.healthcheck.max_retries must be at least 0',
    ],
    [{ user: { oom_score_adj: -1001 } }, 'user.oom_score_adj must be at least -1000'],
    [{ admin: { ulimits: { nofile: -1 } } }, 'admin.ulimits.nofile must be at least 0'],
    [
      { admin: { resources: { reserved_cpus: -1 } } },
      'admin.resources.reserved_cpus must be at least 0',
    ],
    ['{"user": {"resources": {"cpus": 1e999}}}', 'user.resources.cpus must be at most 1000000'],
    [{ user: { fields: ['image'] } }, 'user.fields.0 must be'],
    [{ user: null }, 'user must be a dict'],
    ['{"user": ', 'begins with a brace but is not JSON'],
    ['/policy.yaml', 'this platform has no files'],
  ])(
    'the service does not start with a policy such as %j, and says where it is wrong',
    async (policy, message) => {
      expect(await refusal(() => given(policy))).toContain(message)
    },
  )

  test.each([
    ['cpus: .nan', 'user.resources.cpus must be a number'],
    ['cpus: .inf', 'user.resources.cpus must be at most 1000000'],
    ['cpus: -.inf', 'user.resources.cpus must be at least 0'],
    ['memory: .nan', "user.resources.memory must be bytes, or a text such as '16G'"],
    ['pids: .inf', 'user.resources.pids must be a whole number'],
    ['generic: {gpu: .nan}', 'user.resources.generic.gpu must be a number'],
  ])(
    'the service does not start with a policy whose ceiling is no number: %s',
    async (resource, message) => {
      const text = `user:\n  resources:\n    ${resource}\n`
      expect(await refusal(() => fromFile('c.yaml', text))).toContain(message)
    },
  )

  test('the service does not start with a policy that is no file, no YAML, or says a thing twice', async () => {
    const missing = () => readNodePolicy({ SWARMSPAWNER_POLICY: '/no/such/policy.yaml' })
    expect(await refusal(missing)).toContain(
      "SWARMSPAWNER_POLICY: /no/such/policy.yaml can't be read",
    )
    expect(await refusal(() => fromFile('b.yaml', 'user: [\n'))).toContain('b.yaml')
    expect(await refusal(() => fromFile('b.yaml', 'user: {}\nuser: {}\n'))).toContain(
      'DUPLICATE_KEY in line 2',
    )
    expect(await refusal(() => fromFile('b.yaml', 'hunter2'))).toContain(
      'the policy must be a dict',
    )
  })
})

test('every example of docs/policy.md is a policy', async () => {
  const examples = (await readFile('docs/policy.md', 'utf8')).match(/(?<=```yaml\n).*?(?=```)/gs)
  expect(examples?.length).toBeGreaterThan(5)
  for (const example of examples ?? []) await fromFile('example.yaml', example)
})

test('policy.schema.json describes what the service reads', async () => {
  const published: unknown = JSON.parse(await readFile('policy.schema.json', 'utf8'))
  expect(published).toEqual({
    title: 'A policy of SwarmSpawner',
    ...toJsonSchema(PolicyFile, { typeMode: 'input', definitions: { Rules } }),
  })
})
