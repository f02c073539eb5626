import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { ownerHash, serviceName } from '../../../src/spawner/server/service-name.ts'

const ALICE = '6384e2b2184bcbf58eccf10ca7a6563c'
/** Swarm's rule for names (swarmkit, manager/controlapi/common.go). */
const SWARM_NAME = /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/

const nameOf = (username: string, server_name = '', service_prefix?: string) =>
  serviceName({ username, server_name, service_prefix })

const suffixOf = (server_name: string) =>
  nameOf('alice', server_name).slice(`jupyter-${ALICE}-`.length)

describe('as documented, byte for byte', () => {
  test.each([
    ['alice', '', undefined, `jupyter-${ALICE}-1`],
    ['alice', 'lab', undefined, `jupyter-${ALICE}-lab`],
    ['alice', '', 'jupyterhub', `jupyterhub-${ALICE}-1`],
    ['alice', 'my-lab_2', 'hub_2', `hub_2-${ALICE}-my-lab_2`],
    ['Alice', '', undefined, 'jupyter-64489c85dc2fe0787b85cd87214b3810-1'],
    ['', '', undefined, 'jupyter-d41d8cd98f00b204e9800998ecf8427e-1'],
  ])(
    'the service of %j, server %j, prefix %j is called %s',
    (username, server, prefix, expected) => {
      expect(nameOf(username, server, prefix)).toBe(expected)
    },
  )

  test('the owner in a service name is the md5 of the user name in UTF-8', () => {
    expect(ownerHash('alice')).toBe(ALICE)
    expect(ownerHash('\u00e9')).toBe('66ddcd97cfdeabb2f6fb8a999b4bc76f')
  })
})

describe('any user and server name fits', () => {
  test.each([
    ['an e-mail address', 'alice@example.org', 'bob+tag@example.org'],
    ['255 characters', 'u'.repeat(255), 's'.repeat(255)],
    ['emoji', '👩‍🔬', '🚀🚀'],
    ['right to left', 'عليّ', 'מחברת'],
    ['a path', '../../etc', '../..'],
    ['spaces and line breaks', 'a b\nc', ' \n '],
    ['a NUL', 'a\0b', 'a\0b'],
    ['dashes alone', '-', '---'],
    ['a dash at the end', 'x-', 'lab-'],
    ['an underscore first', '_x', '_lab'],
    ['a template', '{username}', '{{.Node.ID}}'],
    ['names of the language', '__proto__', 'constructor'],
  ])('%s fits into a service name', (_, username, server) => {
    for (const name of [nameOf(username), nameOf('alice', server), nameOf(username, server)]) {
      expect(name.length).toBeLessThanOrEqual(63)
      expect(name).toMatch(SWARM_NAME)
    }
  })

  test.each([
    ['Lab', /^lab--[0-9a-f]{8}$/],
    ['My Lab!', /^my-lab--[0-9a-f]{8}$/],
    ['Café', /^cafe--[0-9a-f]{8}$/],
    ['a-server-name-that-is-too-long', /^a-server-nam--[0-9a-f]{8}$/],
    ['twelve-chars-and-more', 'twelve-chars-and-more'],
    ['twenty-two-characters-', /^twenty-two-c--[0-9a-f]{8}$/],
    ['twenty-two-characters1', 'twenty-two-characters1'],
    ['twenty-two-characters12', /^twenty-two-c--[0-9a-f]{8}$/],
    ['🚀', /^[0-9a-f]{8}$/],
    ['1', /^1--[0-9a-f]{8}$/],
    ['2', '2'],
    ['deadbeef', /^dead.*--[0-9a-f]{8}$/],
    ['lab--1f3a90bc', /^lab-1f3a90bc--[0-9a-f]{8}$|^lab-1f3a90b--[0-9a-f]{8}$/],
  ])('the server name %j becomes %s', (server, expected) => {
    expect(suffixOf(server)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    )
  })
})

describe('two servers never share a name', () => {
  test.each([
    ['the default server and one called "1"', '', '1'],
    ['upper and lower case', 'Lab', 'lab'],
    ['two mixtures of case', 'LAB', 'Lab'],
    ['what the slug makes alike', 'a b', 'a-b'],
    ['what the slug makes alike, both odd', 'a b', 'a!b'],
    ['accents', 'é', 'e'],
    ['two forms of one accent', 'e\u0301', '\u00e9'],
    ['long names with one beginning', `${'x'.repeat(60)}a`, `${'x'.repeat(60)}b`],
    ['nothing left of either', '🚀', '🛸'],
    ['a white space more', 'lab', 'lab '],
  ])('two servers never share a service name: %s', (_, a, b) => {
    expect(suffixOf(a).toLowerCase()).not.toBe(suffixOf(b).toLowerCase())
  })

  test.each(['Lab', '🚀', 'a b', 'x'.repeat(80)])(
    'a server never shares the service name of one called what %j is hashed to',
    (name) => {
      expect(suffixOf(suffixOf(name))).not.toBe(suffixOf(name))
    },
  )

  const part = fc.oneof(
    fc.string({ maxLength: 255, unit: 'binary' }),
    fc.string({ maxLength: 30, unit: fc.constantFrom('a', 'A', 'b', '-', '_', ' ', '1', 'é') }),
    fc.stringMatching(/^([a-z]{0,6}--)?[0-9a-f]{8}$/),
    fc.constantFrom('', '1', '-', 'lab', 'Lab', 'LAB', '__proto__'),
  )
  const server = fc.record({ username: part, server_name: part })

  test('two servers never share a service name as Swarm compares it, without case', () => {
    fc.assert(
      fc.property(server, server, (a, b) => {
        fc.pre(a.username !== b.username || a.server_name !== b.server_name)
        expect(serviceName(a).toLowerCase()).not.toBe(serviceName(b).toLowerCase())
      }),
      { numRuns: 2000 },
    )
  })

  test('a server never shares the service name of one called after another', () => {
    fc.assert(
      fc.property(part, (name) => {
        const suffix = suffixOf(name)
        fc.pre(suffix !== name)
        expect(suffixOf(suffix)).not.toBe(suffix)
      }),
    )
  })

  test('each service name is one that Swarm takes, of 63 characters at most, and the same each time', () => {
    fc.assert(
      fc.property(server, fc.stringMatching(/^[a-zA-Z0-9]{1,12}$/), (a, service_prefix) => {
        const name = serviceName({ ...a, service_prefix })
        expect(name).toMatch(SWARM_NAME)
        expect(name.length).toBeLessThanOrEqual(63)
        expect(serviceName({ ...a, service_prefix })).toBe(name)
      }),
    )
  })
})

describe('the prefix', () => {
  test.each(['', '-', 'a-', '-a', '_a', 'a.b', 'a b', 'a/b', 'é', 'a\n', '{username}'])(
    'the prefix %j is refused',
    (prefix) => {
      expect(() => nameOf('alice', '', prefix)).toThrow(SpawnError)
      expect(() => nameOf('alice', '', prefix)).toThrow(/^service_prefix: use letters/)
    },
  )

  test.each([
    ['room for the default server alone', 28, '', '1'],
    ['room for a short name', 27, 'ab', 'ab'],
    ['room for a hash alone', 21, 'A very long name', /^[0-9a-f]{8}$/],
    ['room for a hash and one letter', 18, 'A very long name', /^a--[0-9a-f]{8}$/],
  ])('the prefix leaves %s', (_, length, server, expected) => {
    const name = nameOf('alice', server, 'p'.repeat(length))
    expect(name.length).toBeLessThanOrEqual(63)
    expect(name.split(`${ALICE}-`)[1]).toMatch(expected)
  })

  test.each([
    [29, ''],
    [28, 'ab'],
    [27, 'abc'],
    [22, 'A very long name'],
    [300, ''],
  ])(
    'a prefix of %i characters leaves no room for server %j, and the refusal says so',
    (length, server) => {
      expect(() => nameOf('alice', server, 'p'.repeat(length))).toThrow(
        /^service_prefix: the service name would be longer than 63 characters/,
      )
    },
  )

  test('prefix and server names are judged in no time, however they are made', () => {
    const begun = performance.now()
    expect(() => nameOf('alice', '', `${'a'.repeat(5000)}!`)).toThrow(SpawnError)
    expect(nameOf('alice', `${'a'.repeat(28)}!`, 'j')).toMatch(SWARM_NAME)
    expect(performance.now() - begun).toBeLessThan(1000)
  })
})
