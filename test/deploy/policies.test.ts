import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readNodePolicy } from '../../handlers/settings/policy.node.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import type { Policy } from '../../src/spawner/policy/policy.ts'
import { ownerHash } from '../../src/spawner/server/service-name.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'

// The three policies that docs/policy.md begins with, as a service reads them.

const HUBS = 'physics=whsec_a,chemistry=whsec_b'
const read = (name: string, hubs = ''): Promise<Policy> =>
  readNodePolicy({
    SWARMSPAWNER_POLICY: join(projectRoot, 'deploy/policies', name),
    SWARMSPAWNER_HUBS: hubs,
  })

type Asked = {
  config?: Record<string, unknown>
  user_options?: unknown
  profile?: unknown
  hub?: string
}

const IMAGE = { container_spec: { image: 'quay.io/jupyter/base-notebook:1' } }

/** The settings of a start that a policy refuses. */
const refused = (policy: Policy, { hub = 'physics', config, user_options, profile }: Asked) => {
  const request = v.parse(StartRequest, {
    server: { username: 'alice' },
    config: { ...IMAGE, use_user_options: true, ...config },
    ...(user_options === undefined ? {} : { user_options }),
    ...(profile === undefined ? {} : { profile }),
  })
  const { verdicts } = planSpec(hub, request, policy)
  return verdicts.filter(({ verdict }) => verdict === 'refused').map(({ from }) => from)
}

test.each(['lab.yml', 'university.yml', 'several-hubs.yml'])(
  'docs/policy.md begins with %s, word for word',
  (name) => {
    const [, text = ''] = readFileSync(join(projectRoot, 'deploy/policies', name), 'utf8').split(
      /^# yaml-language-server: .*\n/,
    )
    const [start = ''] = readFileSync(join(projectRoot, 'docs/policy.md'), 'utf8').split(
      '\n## Who asks\n',
    )
    expect(text).toMatch(/\w/)
    expect(start).toContain(`\`\`\`yaml\n${text}\`\`\``)
  },
)

describe('one lab that trusts its users', async () => {
  const policy = await read('lab.yml')
  const asks = (user_options: unknown) => refused(policy, { user_options })

  test('its users may bring an image, the data of the lab and a GPU', () => {
    expect(
      asks({
        container_spec: { image: 'registry.example.org/lab/cuda:1', tty: true },
        mounts: ['/data/shared:/shared', '/data/sets/a:/a:ro'],
        resource_spec: {
          cpu_limit: 32e9,
          mem_limit: 256 * 2 ** 30,
          generic_resources: { 'NVIDIA-GPU': 1 },
        },
      }),
    ).toEqual([])
  })

  test.each<[string, unknown, string]>([
    ['the nodes', { mounts: ['/etc:/etc:ro'] }, 'mounts.0'],
    ['what is in the shared directory', { mounts: ['/data/shared/link:/a'] }, 'mounts.0'],
    ['data sets to write to', { mounts: ['/data/sets:/sets'] }, 'mounts.0'],
    [
      'two GPUs',
      { resource_spec: { generic_resources: { 'NVIDIA-GPU': 2 } } },
      'resource_spec.generic_resources',
    ],
    ['a capability', { container_spec: { cap_add: ['SYS_ADMIN'] } }, 'container_spec.cap_add.0'],
  ])('its users do not get %s', (_, options, at) => {
    expect(asks(options)).toEqual([`user_options.${at}`])
  })

  test('each of its users has at most four servers and two GPUs', () => {
    expect(policy.quotas?.user).toEqual({ servers: 4, generic: { 'NVIDIA-GPU': 2 } })
  })
})

describe('a university with profiles only', async () => {
  const policy = await read('university.yml')
  const limits = { cpu_limit: 2e9, mem_limit: 4 * 2 ** 30 }
  const config = {
    resource_spec: limits,
    mounts: ['physics.home-{username}:/home/jovyan', '/data/courses/a:/a:ro'],
  }
  const picks = (settings: object) =>
    refused(policy, {
      config,
      profile: { slug: 'gpu', override: settings },
    })

  test('a profile of the hub may have its images, homes, courses and a GPU', () => {
    expect(refused(policy, { config })).toEqual([])
    expect(
      picks({
        container_spec: { image: 'registry.example.org/courses/ml:2' },
        resource_spec: { ...limits, generic_resources: { 'NVIDIA-GPU': 1 } },
      }),
    ).toEqual([])
  })

  test.each<[string, Record<string, unknown>, string]>([
    [
      'an image from elsewhere',
      { container_spec: { image: 'evil/miner:1' } },
      'container_spec.image',
    ],
    ['the volume of another hub', { mounts: ['chemistry.a:/a'] }, 'mounts.0'],
    ['a course to write to', { mounts: ['/data/courses/a:/a'] }, 'mounts.0'],
    ['more CPUs', { resource_spec: { ...limits, cpu_limit: 9e9 } }, 'resource_spec.cpu_limit'],
  ])('a hub does not get %s', (_, settings, at) => {
    expect(refused(policy, { config: { ...config, ...settings } })).toEqual([at])
    expect(picks(settings)).toHaveLength(1)
  })

  test('a hub does not get servers without limits', () => {
    expect(refused(policy, {})).not.toEqual([])
  })

  test.each<[string, unknown, string]>([
    [
      'an image',
      { container_spec: { image: 'quay.io/jupyter/r-notebook:1' } },
      'container_spec.image',
    ],
    ['a volume', { mounts: [`home-${ownerHash('alice')}:/a`] }, 'mounts.0'],
    ['a variable', { container_spec: { env: { A: 'b' } } }, 'container_spec.env.A'],
    ['a program', { container_spec: { args: ['sh'] } }, 'container_spec.args'],
    ['a place', { placement: ['node.labels.big==1'] }, 'placement.0'],
    ['memory', { resource_spec: { mem_limit: 2 ** 30 } }, 'resource_spec.mem_limit'],
  ])('its users do not get %s of their own', (_, user_options, at) => {
    expect(refused(policy, { config, user_options })).toEqual([`user_options.${at}`])
  })

  test('each server ends after twelve hours', () => {
    expect(policy.maxRuntime).toBe(12 * 3600e9)
  })
})

describe('several hubs on one swarm', async () => {
  const policy = await read('several-hubs.yml', HUBS)
  const config = {
    networks: ['physics'],
    mounts: ['physics.home-{username}:/home/jovyan', '/srv/physics/data:/data'],
    resource_spec: { cpu_limit: 2e9, mem_limit: 4 * 2 ** 30 },
  }

  test('a hub has its own network, volumes and directory', () => {
    expect(refused(policy, { config })).toEqual([])
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['network', { networks: ['chemistry'] }, 'networks.0'],
    ['volume', { mounts: ['chemistry.home-{username}:/home/jovyan'] }, 'mounts.0'],
    ['directory', { mounts: ['/srv/chemistry/data:/data'] }, 'mounts.0'],
  ])('a hub does not get the %s of another hub, which has it', (_, settings, at) => {
    expect(refused(policy, { config: { ...config, ...settings } })).toEqual([at])
    const { resource_spec } = config
    expect(refused(policy, { hub: 'chemistry', config: { resource_spec, ...settings } })).toEqual(
      [],
    )
  })

  test('a hub gets no volume by the options of a driver, and no capability', () => {
    const nfs = { type: 'nfs', o: 'addr=10.0.0.1', device: ':/chemistry' }
    const mounts = [{ source: 'physics.a', target: '/a', driver_config: { options: nfs } }]
    expect(refused(policy, { config: { ...config, mounts } })).not.toEqual([])
    const container_spec = { image: 'lab:1', cap_add: ['SYS_NICE'] }
    expect(refused(policy, { config: { ...config, container_spec } })).toHaveLength(1)
  })

  test('each hub has a quota of its own', () => {
    expect(policy.quotas?.hub).toMatchObject({ servers: 200 })
  })
})
