import { expect, test } from 'vitest'
import { encodeFilters } from '../../src/docker/filters.ts'

test('filters are written as JSON, each key with its alternatives', () => {
  expect(encodeFilters({ name: ['web.', 'db.'], label: ['a=b'] })).toBe(
    '{"name":["web.","db."],"label":["a=b"]}',
  )
})

test('a key without values asks for nothing and is left out', () => {
  expect(encodeFilters({ name: [], label: ['a'] })).toBe('{"label":["a"]}')
})

test.each([undefined, {}, { name: [] }])('%j is no filter at all', (filters) => {
  expect(encodeFilters(filters)).toBeUndefined()
})
