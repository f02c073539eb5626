import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prettyJson } from '../../docs/write/pretty-json.ts'

test('prettyJson says what JSON.stringify says', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = prettyJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('prettyJson has a line for each key, and a list of plain values on one line if it fits', () => {
  expect(prettyJson({ a: [1, 'b', null], c: {}, d: undefined, e: [{ f: [] }] })).toBe(
    '{\n  "a": [1, "b", null],\n  "c": {},\n  "e": [\n    {\n      "f": []\n    }\n  ]\n}\n',
  )
  expect(prettyJson(['x'.repeat(60), 'y'.repeat(60)]).split('\n')).toHaveLength(5)
})
