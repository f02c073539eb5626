import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { recordOf } from '../../src/docker/record-of.ts'

const Texts = recordOf(v.string())
const name = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', '0', ''),
)

test('a dict comes out as it went in, whatever its names', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
      const given = Object.fromEntries(pairs)
      expect(Object.entries(v.parse(Texts, given))).toEqual(Object.entries(given))
    }),
  )
})

test('each value of a wrong type is named by its path, and by what it should have been', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
      const given = Object.fromEntries(names.map((one, index) => [one, index % 2 ? 'text' : index]))
      const { issues = [] } = v.safeParse(Texts, given)
      const wrong = Object.entries(given).filter(([, value]) => typeof value !== 'string')
      expect(issues.map((issue) => v.getDotPath(issue))).toEqual(wrong.map(([one]) => one))
      expect(issues.every(({ expected }) => expected === 'string')).toBe(true)
    }),
  )
})

test.each([undefined, null, 'text', 5, [], ['a']])('%j is no dict', (input) => {
  expect(v.safeParse(Texts, input).issues).toMatchObject([{ expected: 'Object' }])
})

test('names of prototypes as keys change no prototype', () => {
  const given: unknown = JSON.parse('{"__proto__": "x", "constructor": "y"}')
  const parsed = v.parse(Texts, given)
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
  expect(JSON.stringify(parsed)).toBe('{"__proto__":"x","constructor":"y"}')
})
