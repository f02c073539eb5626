import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFilters } from '../../src/docker/filters.ts'

test('filters are written as JSON, each key with its alternatives', () => {
  expect(encodeFilters({ name: ['web.', 'db.'], label: ['a=b'] })).toBe(
    '{"name":["web.","db."],"label":["a=b"]}',
  )
})

test.each([undefined, {}, { name: [] }])('%j has no filters at all', (filters) => {
  expect(encodeFilters(filters)).toBeUndefined()
})

test('filters that are written are read back, except those that ask for nothing', () => {
  const filters = fc.dictionary(fc.string(), fc.array(fc.string()))
  fc.assert(
    fc.property(filters, (given) => {
      const entries = Object.entries(given).filter(([, values]) => values.length > 0)
      const text = encodeFilters(given)
      const read: unknown = text === undefined ? {} : JSON.parse(text)
      expect(Object.entries(Object(read))).toEqual(entries)
    }),
  )
})
