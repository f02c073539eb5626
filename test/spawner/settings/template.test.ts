import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import {
  escapeTemplate,
  fill,
  fillPath,
  mapStrings,
} from '../../../src/spawner/settings/template.ts'

const placeholders = { '{username}': '6384', '{server_name}': '1', '{raw_username}': 'alice' }

/** What the Engine makes of a text whose templates are nothing but quoted braces; throws for any other. */
const expand = (text: string): string =>
  text.replace(/\{\{(?:"(\{+)"\}\})?/g, (template, braces: string | undefined) => {
    if (braces === undefined) throw new Error(`a template: ${template}`)
    return braces
  })

describe('placeholders', () => {
  test.each([
    ['{username}', '6384'],
    ['{server_name}', '1'],
    ['{raw_username}', 'alice'],
    ['a-{username}-{username}-{server_name}', 'a-6384-6384-1'],
    ['{{.Node.Hostname}}', '{{.Node.Hostname}}'],
    ['{{username}}', '{6384}'],
    ['{user}', '{user}'],
    ['{}', '{}'],
    ['{Username}', '{Username}'],
    ['{username', '{username'],
    ['{ username }', '{ username }'],
    ['{constructor}', '{constructor}'],
    ['$\u007busername}', '$6384'],
    ['', ''],
  ])('the text %j becomes %j, in labels and in mounts', (text, expected) => {
    expect(fill(text, placeholders)).toBe(expected)
    expect(fillPath(text, placeholders, 'at')).toBe(expected)
  })

  test('what a placeholder stands for is not filled again', () => {
    const nested = { ...placeholders, '{raw_username}': '{server_name}$1' }
    expect(fill('{raw_username}', nested)).toBe('{server_name}$1')
  })

  test('a text without a placeholder stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/\{(username|server_name|raw_username)\}/.test(text))
        expect(fill(text, placeholders)).toBe(text)
      }),
    )
  })
})

describe('a user name in a mount', () => {
  test.each([
    ['{raw_username}-{server_name}', 'a-b'],
    ['{server_name}--{raw_username}', 'a--b'],
    ['x{raw_username}{server_name}', 'alice'],
    ['/srv/{raw_username}_{server_name}/x', 'a_b'],
  ])(
    "a user name in a mount that could end where the server's name begins is refused: %j of %j",
    (text, name) => {
      const fillIn = () => fillPath(text, { ...placeholders, '{raw_username}': name }, 'mounts.0')
      expect(fillIn).toThrow(/^mounts\.0: \{raw_username\} and \{server_name\} together could give/)
    },
  )

  test.each([
    ['{raw_username}-{server_name}', 'alice', 'alice-1'],
    ['/srv/{raw_username}/{server_name}', 'a-b', '/srv/a-b/1'],
    ['{raw_username}--{server_name}', 'a-b', 'a-b--1'],
  ])(
    "a user name may stand beside the server's name in a mount: %j of %j",
    (text, name, filled) => {
      expect(fillPath(text, { ...placeholders, '{raw_username}': name }, 'at')).toBe(filled)
    },
  )

  test('a user name with a comma adds no options to a mount', () => {
    const bob = { ...placeholders, '{raw_username}': 'bob,bind' }
    const text = 'addr=10.0.0.1,username={raw_username}'
    expect(() => fillPath(text, bob, 'mounts.0', { isList: true })).toThrow(
      "mounts.0: {raw_username} can't be part of options for this user; use {username}",
    )
    expect(fillPath('/srv/{raw_username}', bob, 'at')).toBe('/srv/bob,bind')
  })

  test.each([
    ...['..', '.', '../etc', 'a/b', '/', 'a\\b', 'a:ro', 'a\0b'],
    ...['{{.Node.ID}}', '{', '}', '{{"{"}}'],
  ])('the user name %j is refused in a mount', (name) => {
    const fillIn = () =>
      fillPath('/home/{raw_username}', { ...placeholders, '{raw_username}': name }, 'mounts.0')
    expect(fillIn).toThrow(SpawnError)
    expect(fillIn).toThrow(
      "mounts.0: {raw_username} can't be part of a path for this user; use {username}",
    )
  })

  test.each(['..', 'a/b'])(
    'the user name %j does no harm in a mount that does not use it',
    (name) => {
      expect(fillPath('/home/{username}', { ...placeholders, '{raw_username}': name }, 'at')).toBe(
        '/home/6384',
      )
    },
  )

  test.each(['alice@example.org', 'a..b', '...', 'é'])(
    'the user name %j stands in a mount as it is',
    (name) => {
      const filled = fillPath(
        '/home/{raw_username}',
        { ...placeholders, '{raw_username}': name },
        'at',
      )
      expect(filled).toBe(`/home/${name}`)
    },
  )
})

describe("a user's text", () => {
  test.each([
    ['{{.Node.ID}}', '{{"{{"}}.Node.ID}}'],
    ['{{{', '{{"{{"}}{'],
    ['{a}', '{a}'],
    ['}}', '}}'],
  ])("the user's text %j is escaped to %j", (text, expected) => {
    expect(escapeTemplate(text)).toBe(expected)
  })

  const bracy = fc.string({ unit: fc.constantFrom('{', '}', '"', '.', 'a', ' ') })

  test("a user's text is never a template to the Engine, and comes out as it went in", () => {
    fc.assert(
      fc.property(bracy, (text) => {
        expect(expand(escapeTemplate(text))).toBe(text)
      }),
    )
  })
})

describe('mapStrings', () => {
  test('mapStrings changes every text of a JSON value and no key', () => {
    const value = { a: ['x', { b: 'y', c: [null, 1, true] }], d: 'z' }
    expect(mapStrings(value, (text) => text.toUpperCase())).toEqual({
      a: ['X', { b: 'Y', c: [null, 1, true] }],
      d: 'Z',
    })
  })

  test('mapStrings gives back any JSON value that it is told not to change, as a copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(mapStrings(value, (text) => text)).toEqual(value)
      }),
    )
  })
})
