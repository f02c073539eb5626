import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asList,
  asObject,
  invalid,
  isEmpty,
  readFields,
  spellingOf,
} from '../../../src/spawner/settings/entries.ts'

const SPELLINGS = { Source: ['source', 'src'], Target: [] }

describe('what says nothing', () => {
  test.each([undefined, null, '', [], {}])('%j does', (value) => {
    expect(isEmpty(value)).toBe(true)
  })

  test.each([0, false, ' ', [null], { a: undefined }])('%j does not', (value) => {
    expect(isEmpty(value)).toBe(false)
  })
})

describe('readFields', () => {
  test.each([
    ['nothing', {}, {}],
    ['every spelling', { src: 1, Target: 2 }, { Source: 1, Target: 2 }],
    ['None passed over', { source: null, src: 1 }, { Source: 1 }],
    ['false and 0 kept', { source: false, Target: 0 }, { Source: false, Target: 0 }],
  ])('readFields reads fields: %s', (_, input, expected) => {
    expect(readFields(input, SPELLINGS, 'at')).toEqual(expected)
  })

  test.each([
    [
      'an unknown key',
      { sauce: 1 },
      'at.sauce: not a setting; the settings are Source, source, src, Target',
    ],
    ['an unknown key that is None', { sauce: null }, 'at.sauce: not a setting'],
    ['a key given twice', { source: 1, src: 1 }, 'at.src: given twice, also as source'],
    ['__proto__', JSON.parse('{"__proto__": {"source": 1}}'), 'at.__proto__: not a setting'],
    ['constructor', { constructor: 1 }, 'at.constructor: not a setting'],
    ['a list', [], 'at: must be a dict'],
    ['None', null, 'at: must be a dict'],
    ['a text', 'x', 'at: must be a dict'],
  ])('readFields refuses %s', (_, input, message) => {
    expect(() => readFields(input, SPELLINGS, 'at')).toThrow(message)
  })
})

test.each([
  [{ src: 1 }, 'src'],
  [{ Source: 1 }, 'Source'],
  [{}, 'Source'],
])('the spelling of a field in %j is %s', (input, expected) => {
  expect(spellingOf(input, SPELLINGS, 'Source')).toBe(expected)
})

test('one value alone is a list of one value', () => {
  expect(asList('a')).toEqual(['a'])
  expect(asList(['a', 'b'])).toEqual(['a', 'b'])
  expect(asList([])).toEqual([])
})

test('asObject returns a copy', () => {
  const input = { a: 1 }
  expect(asObject(input, 'at')).toEqual(input)
  expect(asObject(input, 'at')).not.toBe(input)
})

test('a refusal names the setting in its message and in its issue', () => {
  expect(invalid('mounts.0', 'must be a dict')).toMatchObject({
    code: 'invalid_config',
    message: 'mounts.0: must be a dict',
    issues: [{ path: 'mounts.0', message: 'must be a dict' }],
  })
})

describe('whatever the fields', () => {
  const spelling = fc.stringMatching(/^[a-z]{1,6}$/)
  const spellings = fc
    .uniqueArray(spelling, { minLength: 1, maxLength: 6 })
    .map((names) => Object.fromEntries(names.map((one) => [one.toUpperCase(), [one]])))

  test('either spelling of a field reads alike, in any order, and is found again for messages', () => {
    fc.assert(
      fc.property(spellings, fc.infiniteStream(fc.tuple(fc.boolean(), fc.nat())), (all, picks) => {
        const given = Object.entries(all).map(([field, [other = field]]) => {
          const { value } = picks.next()
          return { field, key: value?.[0] ? field : other, value: value?.[1] ?? 0 }
        })
        const input = Object.fromEntries(given.map(({ key, value }) => [key, value]))
        const turned = Object.fromEntries(given.toReversed().map(({ key, value }) => [key, value]))
        const expected = Object.fromEntries(given.map(({ field, value }) => [field, value]))
        expect(readFields(input, all, 'at')).toEqual(expected)
        expect(readFields(turned, all, 'at')).toEqual(expected)
        for (const { field, key } of given) expect(spellingOf(input, all, field)).toBe(key)
      }),
    )
  })

  test('a field that is not known is refused by its name', () => {
    fc.assert(
      fc.property(spellings, fc.string(), fc.anything(), (all, key, value) => {
        fc.pre(!Object.entries(all).flat(2).includes(key))
        const input = Object.fromEntries([[key, value]])
        expect(() => readFields(input, all, 'at')).toThrow(`at.${key}: not a setting`)
      }),
    )
  })
})
