import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { readNetworks } from '../../../src/spawner/settings/networks.ts'

const context = {
  placeholders: { '{username}': '6384', '{server_name}': 'lab', '{raw_username}': 'alice' },
  author: 'admin',
} as const

describe('networks', () => {
  test.each([
    ['none', [], []],
    ['a name', ['mynetwork'], [{ Target: 'mynetwork' }]],
    ['one name alone', 'mynetwork', [{ Target: 'mynetwork' }]],
    ['several', ['a', 'b'], [{ Target: 'a' }, { Target: 'b' }]],
    [
      "the Engine's object",
      [{ Target: 'a', Aliases: ['x'], DriverOpts: { k: 'v' } }],
      [{ Target: 'a', Aliases: ['x'], DriverOpts: { k: 'v' } }],
    ],
    [
      "docker-py's keyword arguments",
      [{ target: 'a', aliases: ['x'], options: { k: 'v' } }],
      [{ Target: 'a', Aliases: ['x'], DriverOpts: { k: 'v' } }],
    ],
    [
      "a compose file's words",
      [{ name: 'a', driver_opts: { k: 'v' }, aliases: null }],
      [{ Target: 'a', DriverOpts: { k: 'v' } }],
    ],
    [
      'placeholders in aliases',
      [{ name: 'a', aliases: ['nb-{raw_username}', '{{.Service.Name}}'] }],
      [{ Target: 'a', Aliases: ['nb-alice', '{{.Service.Name}}'] }],
    ],
    [
      'the docker CLI',
      'name=a,alias=x,alias=y,driver-opt=k=v',
      [{ Target: 'a', Aliases: ['x', 'y'], DriverOpts: { k: 'v' } }],
    ],
    [
      'a list of options',
      [{ name: 'a', driver_opts: ['k=v'] }],
      [{ Target: 'a', DriverOpts: { k: 'v' } }],
    ],
    ['one object alone', { target: 'a' }, [{ Target: 'a' }]],
    ['names and objects', ['a', { target: 'b' }], [{ Target: 'a' }, { Target: 'b' }]],
  ])('networks are read: %s', (_, input, expected) => {
    expect(readNetworks(input, context, 'networks').value).toEqual(expected)
  })

  test.each([
    [
      'name=a,ip=10.0.0.1',
      "networks.0: must be the name of a network, or as in 'name=lab,alias=nb",
    ],
    [['name=a,name=b'], 'networks.0: must be the name of a network'],
    [
      [{ name: 'a', driver_opts: ['k'] }],
      'networks.0.driver_opts.0: must be a dict, or a list such',
    ],
    [[7], 'networks.0: must be a dict'],
    [['a', null], 'networks.1: must be a dict'],
    [[['a']], 'networks.0: must be a dict'],
    [[{ net: 'a' }], 'networks.0.net: not a setting; the settings are Target, target, name'],
    [[{ name: 'a', Target: 'b' }], 'networks.0.Target: given twice, also as name'],
    [
      [{ name: 'a', aliases: ['x', 'nb-{user}'] }],
      'networks.0.aliases: {user} is not a placeholder; known are {username}, {server_name}, ',
    ],
    [[{ Target: 'a', aliases: '{user}' }], 'networks.0.aliases: {user} is not a placeholder'],
  ])('the networks %j are refused', (input, message) => {
    expect(() => readNetworks(input, context, 'networks')).toThrow(SpawnError)
    expect(() => readNetworks(input, context, 'networks')).toThrow(message)
  })
})

test('the networks go into the task template', () => {
  expect(readNetworks('mynetwork', context, 'networks')).toEqual({
    path: ['TaskTemplate', 'Networks'],
    value: [{ Target: 'mynetwork' }],
    from: 'networks',
  })
})

test('one network alone is a list of one, in every spelling, and a name is a target', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('Target', 'target', 'name'), (name, key) => {
      const expected = readNetworks([name], context, 'at')
      expect(readNetworks(name, context, 'at')).toEqual(expected)
      expect(readNetworks({ [key]: name }, context, 'at')).toEqual(expected)
      expect(readNetworks([{ [key]: name, aliases: null }], context, 'at')).toEqual(expected)
    }),
  )
})

test('as many networks as there may be are read, and no more: each is a question to the Engine', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `network-${index}`)
  expect(readNetworks(many(64), context, 'networks').value).toHaveLength(64)
  expect(() => readNetworks(many(65), context, 'networks')).toThrow(
    'networks: has 65 networks; a server can have 64',
  )
})
