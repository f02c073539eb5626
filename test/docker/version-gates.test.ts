import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContainerSpec, ServiceSpec } from '../../src/docker/service-spec.ts'
import { droppedFields } from '../../src/docker/version-gates.ts'

const spec = (container: Partial<ContainerSpec> = {}): ServiceSpec => ({
  Name: 'x',
  TaskTemplate: { ContainerSpec: { Image: 'x', ...container } },
})
const volume = { Type: 'volume', Source: 'x', Target: '/x' } as const
const tmpfs = { Type: 'tmpfs', Target: '/x' } as const

test('a spec of fields that are as old as our oldest API loses nothing', () => {
  expect(
    droppedFields(spec({ Healthcheck: { Test: ['CMD', 'true'] }, Mounts: [volume] }), '1.41'),
  ).toEqual([])
})

describe.each<[field: string, before: `1.${number}`, since: `1.${number}`, Partial<ContainerSpec>]>(
  [
    ['Privileges.Seccomp', '1.43', '1.44', { Privileges: { Seccomp: { Mode: 'unconfined' } } }],
    ['Privileges.AppArmor', '1.43', '1.44', { Privileges: { AppArmor: { Mode: 'disabled' } } }],
    ['Privileges.NoNewPrivileges', '1.43', '1.44', { Privileges: { NoNewPrivileges: true } }],
    ['Privileges.NoNewPrivileges', '1.43', '1.44', { Privileges: { NoNewPrivileges: false } }],
    ['Healthcheck.StartInterval', '1.43', '1.44', { Healthcheck: { StartInterval: 0 } }],
    [
      'Mounts.VolumeOptions.Subpath',
      '1.44',
      '1.45',
      { Mounts: [volume, { ...volume, VolumeOptions: { Subpath: 'a' } }] },
    ],
    [
      'Mounts.TmpfsOptions.Options',
      '1.45',
      '1.46',
      { Mounts: [tmpfs, { ...tmpfs, TmpfsOptions: { Options: [['noexec']] } }] },
    ],
    ['OomScoreAdj', '1.45', '1.46', { OomScoreAdj: 0 }],
  ],
)('%s', (field, before, since, container) => {
  test(`${field} is lost on API ${before} and told with the version that knows it`, () => {
    expect(droppedFields(spec(container), before)).toEqual([{ field, since }])
  })

  test(`${field} is kept by API ${since} and the newest`, () => {
    expect(droppedFields(spec(container), since)).toEqual([])
    expect(droppedFields(spec(container), '1.51')).toEqual([])
  })
})

test.each(['SwapBytes', 'MemorySwappiness'])(
  'Resources.%s is lost before API 1.52, and kept from then on',
  (field) => {
    const { TaskTemplate } = spec()
    const swapping = { Name: 'x', TaskTemplate: { ...TaskTemplate, Resources: { [field]: 0 } } }
    const since = '1.52'
    expect(droppedFields(swapping, '1.51')).toEqual([{ field: `Resources.${field}`, since }])
    expect(droppedFields(swapping, since)).toEqual([])
    expect(droppedFields(swapping, '1.55')).toEqual([])
  },
)

test('all fields that an older API loses are told, not only the first', () => {
  const container = { OomScoreAdj: 1, Healthcheck: { StartInterval: 1 } }
  expect(droppedFields(spec(container), '1.41').map(({ field }) => field)).toEqual([
    'Healthcheck.StartInterval',
    'OomScoreAdj',
  ])
})

test('a newer Engine drops no field that an older one keeps', () => {
  const container = fc.record<Partial<ContainerSpec>>(
    {
      Privileges: fc.record({ NoNewPrivileges: fc.boolean() }),
      Healthcheck: fc.record({ StartInterval: fc.nat() }),
      Mounts: fc.constantFrom<ContainerSpec['Mounts']>(
        [],
        [{ ...volume, VolumeOptions: { Subpath: 'x' } }],
        [{ ...tmpfs, TmpfsOptions: { Options: [['noexec']] } }],
      ),
      OomScoreAdj: fc.integer(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(container, fc.integer({ min: 41, max: 52 }), fc.nat(10), (given, minor, more) => {
      const fields = (version: number) =>
        droppedFields(spec(given), `1.${version}`).map(({ field }) => field)
      const older = fields(minor)
      for (const field of fields(minor + more)) expect(older).toContain(field)
      expect(fields(51)).toEqual([])
    }),
  )
})
