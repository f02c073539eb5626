import { expect, test } from 'vitest'
import { matches } from '../../../src/spawner/policy/patterns.ts'
import { escapedName, legacyEscapedName } from '../../../src/spawner/server/escaped-name.ts'

const isOf = (pattern: string, text: string, username: string, server = '1'): boolean =>
  matches(pattern, text, {
    '{username}': '6384',
    '{server_name}': server,
    '{raw_username}': username,
    '{escaped_username}': escapedName(username),
    '{legacy_escaped_username}': legacyEscapedName(username),
    '{escaped_server_name}': server === '1' ? '' : escapedName(server),
    '{hub}': 'main',
  })

test.each([
  ['home-{escaped_username}', 'home-a-2db', 'a-b', true],
  ['home-{escaped_username}', 'home-a', 'a-b', false],
  ['home-{escaped_username}-*', 'home-a-data', 'a', true],
  ['home-{escaped_username}-*', 'home-a-2', 'a', true],
  ['home-{escaped_username}_*', 'home-a_2db', 'a', true],
  ['home-{escaped_username}/*', 'home-a/2db', 'a', true],
  ['home-{legacy_escaped_username}', 'home-a_5Fb', 'a_b', true],
  ['home-{legacy_escaped_username}', 'home-a', 'a_b', false],
  ['home-{legacy_escaped_username}_*', 'home-a_data', 'a', true],
  ['home-{escaped_username}-{server_name}', 'home-a-2db-1', 'a-b', true],
  ['home-{escaped_username}-{escaped_server_name}', 'home-a-', 'a', true],
])('%j and %j of %j: %j', (pattern, text, username, expected) => {
  expect(isOf(pattern, text, username)).toBe(expected)
})

test.each([
  ['home-{escaped_username}*', 'home-ab', 'ab'],
  ['home-{escaped_username}*', 'home-a-2db', 'a-b'],
  ['home-{escaped_username}-*', 'home-a-2db', 'a-b'],
  ['home-{escaped_username}-*', 'home-a-41-x', 'aA-x'],
  ['home-{escaped_username}-*', 'home-a-c3-a9', 'aé'],
  ['home-{escaped_username}-*', 'home-a-f0-9f-98-80', 'a😀'],
  ['*{escaped_username}', 'ba', 'ba'],
  ['*-{escaped_username}', 'home-b-2da', 'b-a'],
  ['home-{legacy_escaped_username}-*', 'home-a-b', 'a-b'],
  ['home-{legacy_escaped_username}*', 'home-aB', 'aB'],
  ['home-{legacy_escaped_username}_*', 'home-a_5Fx', 'a_x'],
  ['home-{legacy_escaped_username}_*', 'home-a_F0_9F_98_80', 'a😀'],
  ['*_{legacy_escaped_username}', 'home-b_5Fa', 'b_a'],
])('%j does not let the user "a" have %j, the name of %j', (pattern, text) => {
  expect(isOf(pattern, text, 'a')).toBe(false)
})

test.each([
  ['home-{escaped_username}-{server_name}', 'home-a-2db', '2db'],
  ['home-{escaped_username}-{escaped_server_name}', 'home-a-2db-2dx', '2db-x'],
  ['home-{server_name}-{escaped_username}', 'home-b-2d-a', 'b-2d'],
])('%j does not let the user "a" have %j by the name of a server, %j', (pattern, text, server) => {
  expect(isOf(pattern, text, 'a', server)).toBe(false)
})

test.each(['a\u0002d', '日'.repeat(29)])(
  'a user who has no escaped name has none: %j',
  (username) => {
    expect(isOf('home-{escaped_username}', 'home-{escaped_username}', username)).toBe(false)
    expect(isOf('home-{escaped_username}', 'home-', username)).toBe(false)
    expect(isOf('home-{legacy_escaped_username}', 'home-', username)).toBe(false)
  },
)
