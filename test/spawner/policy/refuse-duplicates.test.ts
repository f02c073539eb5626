import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { refuseDuplicates } from '../../../src/spawner/policy/refuse-duplicates.ts'

const NAMES = new Map([
  ['lab', { name: 'lab' }],
  ['k3x', { name: 'lab' }],
  ['k3xyz', { name: 'lab' }],
  ['data', { name: 'data' }],
])

const issuesOf = (path: string[], value: unknown, from = path.at(-1) ?? '') => {
  try {
    refuseDuplicates([{ path, value, from }], NAMES)
  } catch (error) {
    if (error instanceof SpawnError) return error
    throw error
  }
  return undefined
}

const networks = (...targets: string[]) =>
  issuesOf(
    ['TaskTemplate', 'Networks'],
    targets.map((Target) => ({ Target })),
    'networks',
  )
const mounts = (...targets: string[]) =>
  issuesOf(
    ['TaskTemplate', 'ContainerSpec', 'Mounts'],
    targets.map((Target) => ({ Type: 'volume', Target })),
    'mounts',
  )

describe('networks', () => {
  test('networks are each joined once, by whatever the Engine takes for their names', () => {
    expect(networks('lab', 'data', 'Lab', 'other')).toBeUndefined()
    expect(networks('lab', 'k3x')?.message).toBe(
      'networks.1: is the same network as networks.0: name each network once',
    )
    expect(networks('k3x', 'data', 'k3xyz')?.issues).toMatchObject([{ path: 'networks.2' }])
    expect(networks('other', 'other')?.code).toBe('invalid_config')
  })

  test('networks that are named often are told once each, up to a point', () => {
    const error = networks(...Array.from({ length: 245 }, () => 'lab'))
    expect(error?.issues).toHaveLength(20)
    expect(error?.message).toMatch(/; and 224 more$/)
  })
})

describe('mounts', () => {
  test.each(['/x', '/x/', '//x', '/x/.', '/a/../x', '/../x', 'x'])(
    'two mounts have one place: /x and %s',
    (target) => {
      expect(mounts('/x', '/y', target)?.message).toBe(
        'mounts.2: has the same target as mounts.0: give each mount its own target',
      )
    },
  )

  test.each(['/x/y', '/X', '/xx', '/x/..', '/..x'])(
    'two mounts have two places: /x and %s',
    (target) => {
      expect(mounts('/x', target)).toBeUndefined()
    },
  )
})

test('a value that is no list of networks or mounts is left for the schema', () => {
  expect(issuesOf(['TaskTemplate', 'Networks'], ['lab', 'lab'])).toBeUndefined()
  expect(issuesOf(['TaskTemplate', 'ContainerSpec', 'Mounts'], 'x')).toBeUndefined()
  expect(issuesOf(['TaskTemplate', 'ContainerSpec', 'Args'], ['x', 'x'])).toBeUndefined()
})
