import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { readPlacement } from '../../../src/spawner/settings/placement.ts'

const read = (input: unknown) =>
  Object.fromEntries(readPlacement(input, 'placement').map(({ path, value }) => [path[2], value]))

const SPREAD = { Spread: { SpreadDescriptor: 'node.labels.rack' } }
const PLATFORM = { Architecture: 'amd64', OS: 'linux' }

describe('placement', () => {
  test.each([
    ['a list of constraints', ['node.role==worker'], { Constraints: ['node.role==worker'] }],
    ['one constraint alone', 'node.role==worker', { Constraints: ['node.role==worker'] }],
    ['an empty list', [], { Constraints: [] }],
    ['a dict of nothing', {}, {}],
    ['None in each', { constraints: null, preferences: null }, {}],
    ['constraints', { constraints: ['node.id==x'] }, { Constraints: ['node.id==x'] }],
    ['one constraint', { constraints: 'node.id==x' }, { Constraints: ['node.id==x'] }],
    ["the Engine's constraints", { Constraints: ['node.id==x'] }, { Constraints: ['node.id==x'] }],
    [
      "the CLI's preference",
      { preferences: ['spread=node.labels.rack'] },
      { Preferences: [SPREAD] },
    ],
    [
      "docker-py's preference",
      { preferences: [['spread', 'node.labels.rack']] },
      { Preferences: [SPREAD] },
    ],
    ["the Engine's preference", { Preferences: [SPREAD] }, { Preferences: [SPREAD] }],
    ["the CLI's platform", { platforms: ['linux/amd64'] }, { Platforms: [PLATFORM] }],
    ['one platform', { platforms: 'linux/amd64' }, { Platforms: [PLATFORM] }],
    ["docker-py's platform", { platforms: [['amd64', 'linux']] }, { Platforms: [PLATFORM] }],
    ["the Engine's platform", { Platforms: [PLATFORM] }, { Platforms: [PLATFORM] }],
    [
      'a platform in small letters',
      { platforms: [{ arch: 'amd64', os: 'linux' }] },
      { Platforms: [PLATFORM] },
    ],
    ['max_replicas', { max_replicas: 1 }, { MaxReplicas: 1 }],
    ["docker-py's maxreplicas", { maxreplicas: 1 }, { MaxReplicas: 1 }],
  ])('placement is read: %s', (_, input, expected) => {
    expect(read(input)).toEqual(expected)
  })

  test('each value of a placement says where it came from', () => {
    expect(readPlacement(['node.id==a'], 'user_options.placement')).toEqual([
      {
        path: ['TaskTemplate', 'Placement', 'Constraints'],
        value: ['node.id==a'],
        from: 'user_options.placement',
      },
    ])
  })

  test.each([
    ['one equals sign', ['a.b==c', 'node.role=worker'], 'placement.1: needs == or !=, such as'],
    ['one alone', 'node.role=worker', 'placement: needs == or !=, such as'],
    ['one in a dict', { constraints: ['foo'] }, 'placement.constraints.0: needs == or !=, such as'],
    ['no value', { Constraints: 'node.id==' }, 'placement.Constraints: needs a value after =='],
    [
      'all that are wrong',
      ['foo', 'a.b==c', 'bar'],
      "such as 'node.role==worker'; placement.2: needs",
    ],
    ['a number', 7, 'placement: must be a dict'],
    [
      'an unknown key',
      { constraint: [] },
      'placement.constraint: not a setting; the settings are Constraints',
    ],
    ['another strategy', { preferences: ['binpack=x'] }, "placement.preferences: must be 'spread="],
    [
      'a strategy without a label',
      { preferences: ['spread'] },
      "placement.preferences: must be 'spread=",
    ],
    ['a number as preference', { preferences: [7] }, "placement.preferences: must be 'spread="],
    [
      'an unknown part of a platform',
      { platforms: [{ cpu: 'x' }] },
      'placement.platforms.cpu: not a setting',
    ],
    ['None as platform', { platforms: [null] }, 'placement.platforms: must be a dict'],
  ])('placement refuses %s', (_, input, message) => {
    expect(() => read(input)).toThrow(SpawnError)
    expect(() => read(input)).toThrow(message)
  })
})

test('the forms of constraints, preferences and platforms read alike', () => {
  const word = fc.stringMatching(/^[a-z0-9.]{1,8}$/)
  fc.assert(
    fc.property(fc.array(word), word, word, word, (constraints, label, os, arch) => {
      const all = constraints.map((one) => `node.labels.a==${one}`)
      expect(read(all)).toEqual(read({ constraints: all }))
      const preferences = [
        `spread=${label}`,
        ['spread', label],
        { Spread: { SpreadDescriptor: label } },
      ]
      const [first, ...others] = preferences.map((one) => read({ preferences: [one] }))
      for (const other of others) expect(other).toEqual(first)
      const platforms = [`${os}/${arch}`, [arch, os], { OS: os, Architecture: arch }]
      const [one, ...alike] = platforms.map((form) => read({ platforms: [form] }))
      for (const form of alike) expect(form).toEqual(one)
    }),
  )
})
