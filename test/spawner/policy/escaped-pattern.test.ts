import { expect, test } from 'vitest'
import { matches } from '../../../src/spawner/policy/patterns.ts'
import { escapedName } from '../../../src/spawner/server/escaped-name.ts'

const isOf = (pattern: string, text: string, username: string): boolean =>
  matches(pattern, text, {
    '{username}': '6384',
    '{server_name}': '1',
    '{raw_username}': username,
    '{escaped_username}': escapedName(username),
    '{hub}': 'main',
  })

test.each([
  ['home-{escaped_username}', 'home-a-2db', 'a-b', true],
  ['home-{escaped_username}', 'home-a', 'a-b', false],
  ['home-{escaped_username}-*', 'home-a-data', 'a', true],
  ['home-{escaped_username}-*', 'home-a-2', 'a', true],
  ['home-{escaped_username}_*', 'home-a_2db', 'a', true],
  ['home-{escaped_username}/*', 'home-a/2db', 'a', true],
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
])('%j does not let the user "a" have %j, the name of %j', (pattern, text) => {
  expect(isOf(pattern, text, 'a')).toBe(false)
})

test.each(['a\u0002d', '日'.repeat(29)])(
  'a user who has no escaped name has none: %j',
  (username) => {
    expect(isOf('home-{escaped_username}', 'home-{escaped_username}', username)).toBe(false)
    expect(isOf('home-{escaped_username}', 'home-', username)).toBe(false)
  },
)
