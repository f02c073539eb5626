import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import {
  escapedName,
  escapedServerName,
  legacyEscapedName,
} from '../../../src/spawner/server/escaped-name.ts'
import {
  escapeTemplate,
  fill,
  fillPath,
  mapStrings,
} from '../../../src/spawner/settings/template.ts'

const placeholders = {
  '{username}': '6384',
  '{server_name}': '1',
  '{raw_username}': 'alice',
  '{escaped_username}': 'alice',
}

const within = <T>(mostMs: number, work: () => T): T => {
  const start = performance.now()
  const value = work()
  expect(performance.now() - start).toBeLessThan(mostMs)
  return value
}

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
    ['{escaped_username}', 'alice'],
    ['{}', '{}'],
    ['{username', '{username'],
    ['{0}', '{0}'],
    ['[a-z]{2,3}', '[a-z]{2,3}'],
    ['/{name:[a-z]+}/', '/{name:[a-z]+}/'],
    ['{"a": 1}', '{"a": 1}'],
    ['{a,b}', '{a,b}'],
    ['{{ json . }}', '{{ json . }}'],
    ['{{{}}}', '{{{}}}'],
    ['$\u007busername}', '$6384'],
    ['', ''],
  ])('the text %j becomes %j, in labels and in mounts', (text, expected) => {
    expect(fill(text, placeholders, 'at')).toBe(expected)
    expect(fillPath(text, placeholders, 'at')).toBe(expected)
  })

  test.each([
    ...[
      '{user}',
      '{Username}',
      '{ username }',
      '{constructor}',
      '{escapedusername}',
      '{user.name}',
    ],
    ...['{username!r}', '{servername}', '{a[0]}', '{x}}', '{{x}', '{username}-{safe_username}'],
  ])('%j is refused, with the placeholders that there are', (text) => {
    for (const read of [fill, fillPath])
      expect(() => read(text, placeholders, 'labels.a')).toThrow(
        / is not a placeholder; known are \{username\}, \{server_name\}, \{raw_username\}, \{escaped_username\}, \{legacy_escaped_username\}, \{escaped_server_name\}$/,
      )
  })

  test.each([
    ['{{username}}', 'write {username}'],
    ['{{{{.Service.Name}}}}', 'write {{.Service.Name}}'],
    ['a-{{{{ .Node.Hostname }}}}', 'write {{.Node.Hostname}}'],
    ['{{{escaped_username}}}', 'write {escaped_username}'],
  ])('%j has the braces of the old spawner: %s', (text, advice) => {
    for (const read of [fill, fillPath])
      expect(() => read(text, placeholders, 'mounts.0')).toThrow(
        new RegExp(`doubled braces, which the old spawner needed; ${advice}$`),
      )
  })

  test('a long word in braces is not told', () => {
    const secret = 'a'.repeat(41)
    expect(() => fill(`{${secret}}`, placeholders, 'labels.a')).toThrow(
      /^labels\.a: a word in braces is not a placeholder/,
    )
  })

  test('braces without an end take no longer than they are', () => {
    for (const text of ['{'.repeat(100_000), '{a'.repeat(100_000), `${'{'.repeat(50_000)},}`])
      expect(within(500, () => fill(text, placeholders, 'at'))).toBe(text)
  })

  test('what a placeholder stands for is not filled again', () => {
    const nested = { ...placeholders, '{raw_username}': '{server_name}$1' }
    expect(fill('{raw_username}', nested, 'at')).toBe('{server_name}$1')
  })

  test('a text without a placeholder stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/\{\s*\w/.test(text))
        expect(fill(text, placeholders, 'at')).toBe(text)
      }),
    )
  })
})

describe('a user name in a mount', () => {
  test.each([
    ['{raw_username}--{server_name}', 'a-'],
    ['{server_name}--{raw_username}', '-a'],
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

describe('an escaped user name in a mount', () => {
  const fillAs = (text: string, username: string, server_name = '1') =>
    fillPath(
      text,
      {
        '{username}': '6384',
        '{server_name}': server_name,
        '{raw_username}': username,
        '{escaped_username}': escapedName(username),
        '{legacy_escaped_username}': legacyEscapedName(username),
        '{escaped_server_name}': escapedServerName(server_name === '1' ? '' : server_name),
      },
      'mounts.0.source',
    )

  test('finds the volume of dockerspawner', () => {
    expect(fillAs('jupyterhub-user-{escaped_username}', 'ada@x.org')).toBe(
      'jupyterhub-user-ada-40x-2eorg',
    )
  })

  test.each([
    ['jupyterhub-user-{legacy_escaped_username}', '1', 'jupyterhub-user-_C3_9Cn_C3_AF_40x_2Eorg'],
    ['{escaped_username}-{escaped_server_name}', '1', '-c3-9cn-c3-af-40x-2eorg-'],
    ['{escaped_username}-{escaped_server_name}', 'lab', '-c3-9cn-c3-af-40x-2eorg-lab'],
    ['{escaped_username}--{escaped_server_name}', 'My-lab', '-c3-9cn-c3-af-40x-2eorg--my-2dlab'],
  ])('finds the volume that %j is of the server %j', (text, server, volume) => {
    expect(fillAs(text, 'Ünï@x.org', server)).toBe(volume)
  })

  test.each(['a\u0002d', 'é'.repeat(100)])('that it has not is refused: %j', (username) => {
    expect(() => fillAs('home-{escaped_username}', username)).toThrow(
      "mounts.0.source: {escaped_username} can't stand for this user; use {username}",
    )
    expect(fillAs('home-{username}', username)).toBe('home-6384')
  })

  test.each([
    ['{escaped_username}-{server_name}', 'a-b'],
    ['{escaped_username}{server_name}', 'a'],
    ['{server_name}-{escaped_username}', 'a-b'],
    ['{server_name}--{escaped_username}', 'A'],
  ])(
    'beside the name of the server is refused where it could be another: %j of %j',
    (text, name) => {
      expect(() => fillAs(text, name)).toThrow(
        "mounts.0.source: {escaped_username} and {server_name} together could give the same name as another user's server; use {username}",
      )
    },
  )

  test.each([
    ['{escaped_username}-{escaped_server_name}', 'a', '2db-x'],
    ['{escaped_username}{escaped_server_name}', 'a', 'b'],
    ['{escaped_username}-2d-2{escaped_server_name}', 'a', 'd-2x'],
    ['{legacy_escaped_username}-{escaped_server_name}', 'a-b', 'x'],
  ])(
    'beside the name of the server as dockerspawner writes it, too: %j of %j and %j',
    (text, name, server) => {
      expect(() => fillAs(text, name, server)).toThrow(
        /could give the same name as another user's server/,
      )
    },
  )

  test('two ways to write a user name side by side are refused', () => {
    expect(() => fillAs('{raw_username}-{escaped_username}', 'a')).toThrow(
      /could give the same name/,
    )
  })

  test('no two servers of two users get one name, however it is put together', () => {
    const name = fc.stringMatching(/^[a2dB-]{1,4}$/)
    const server = fc.stringMatching(/^([a2d-]{1,4}|1)$/)
    const between = fc.constantFrom('', '-', '--', '-2', '-2d-2', 'a', '_')
    const word = fc.constantFrom(
      '{escaped_username}',
      '{raw_username}',
      '{legacy_escaped_username}',
    )
    const serverWord = fc.constantFrom('{server_name}', '{escaped_server_name}')
    const orders = fc.tuple(fc.boolean(), serverWord)
    fc.assert(
      fc.property(
        name,
        name,
        server,
        server,
        between,
        word,
        orders,
        (a, b, x, y, mid, user, [isFirst, server]) => {
          fc.pre(a !== b)
          const text = isFirst ? `${user}${mid}${server}` : `${server}${mid}${user}`
          const names = [() => fillAs(text, a, x), () => fillAs(text, b, y)].flatMap((read) => {
            try {
              return [read()]
            } catch {
              return []
            }
          })
          expect(new Set(names).size).toBe(names.length)
        },
      ),
      { numRuns: 20_000 },
    )
  })
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
