import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allows, matches } from '../../../src/spawner/policy/patterns.ts'

const names = {
  '{username}': '6384',
  '{server_name}': 'lab',
  '{raw_username}': 'alice',
  '{hub}': 'main',
}

describe('a pattern', () => {
  test.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a*', 'ab', true],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'acb', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['{username}', '6384', true],
    ['home-{username}-{server_name}', 'home-6384-lab', true],
    ['{hub}-*', 'main-x', true],
    ['{hub}-*', 'mainx', false],
    ['{raw_username}', 'alice', true],
    ['{other}', '{other}', true],
  ])('the pattern %j and the text %j match: %j', (pattern, text, isOf) => {
    expect(matches(pattern, text, names)).toBe(isOf)
  })

  test.each(['*', 'a/b', '..', '.', '', '{username}', 'a\0'])(
    'a pattern with the user name %j in it matches nothing that is not a plain word',
    (raw_username) => {
      expect(
        matches('x{raw_username}', `x${raw_username}`, {
          ...names,
          '{raw_username}': raw_username,
        }),
      ).toBe(false)
    },
  )

  test('a pattern with a star in a filled-in name takes it for a star', () => {
    expect(matches('{server_name}', 'anything', { ...names, '{server_name}': '*' })).toBe(false)
  })

  test('a pattern means the same as a regular expression, in time that grows with the text alone', () => {
    const part = fc.stringMatching(/^[ab]{0,3}$/)
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.stringMatching(/^[ab]*$/), (parts, text) => {
        const expected = new RegExp(`^${parts.join('.*')}$`).test(text)
        expect(matches(parts.join('*'), text, names)).toBe(expected)
      }),
    )
    const begun = performance.now()
    expect(matches(`${'a*'.repeat(1000)}b`, 'a'.repeat(1_000_000), names)).toBe(false)
    expect(performance.now() - begun).toBeLessThan(1000)
  })
})

test('a star alone leaves out what is kept back, and a name brings it in', () => {
  const isKept = (text: string) => text === 'host'
  expect(allows(['*'], 'other', { names, isKept })).toBe(true)
  expect(allows(['*'], 'host', { names, isKept })).toBe(false)
  expect(allows(['**'], 'host', { names, isKept })).toBe(false)
  expect(allows(['*', 'host'], 'host', { names, isKept })).toBe(true)
  expect(allows([], 'other', { names, isKept })).toBe(false)
})
