import * as v from 'valibot'
import { expect, test } from 'vitest'
import { jsonSchemas } from '../../docs/write/json-schema.ts'
import { recordOf } from '../../src/docker/record-of.ts'

const made = (schema: v.GenericSchema) => jsonSchemas({ Made: schema }, 'input')['Made']

test.each([
  [
    'a dict has the schema of its values',
    recordOf(v.number()),
    { type: 'object', additionalProperties: { type: 'number' } },
  ],
  ['what may be null is one type more', v.nullish(v.string()), { type: ['string', 'null'] }],
  [
    'of a list of values, null is one more',
    v.nullish(v.picklist(['a'])),
    { enum: ['a', null], type: ['string', 'null'] },
  ],
  ['what may be anything has no type', v.nullish(v.unknown()), {}],
  [
    'a pattern in Unicode is a pattern',
    v.pipe(v.string(), v.regex(/^\p{L}$/u)),
    { type: 'string', pattern: '^\\p{L}$' },
  ],
  ['a default that is made up is none', v.optional(v.string(), () => 'a'), { type: 'string' }],
  ['a default is told', v.optional(v.string(), 'a'), { type: 'string', default: 'a' }],
])('in the JSON schema, %s', (_, schema, expected) => {
  expect(made(schema)).toEqual(expected)
})

test('a lazy schema is one of its choices', () => {
  const [A, B] = [v.strictObject({ a: v.string() }), v.strictObject({ b: v.string() })]
  const Lazy = v.lazy((input) => (v.is(A, input) ? A : B))
  const choices = new Map<v.GenericSchema, v.GenericSchema[]>([[Lazy, [A, B]]])
  expect(jsonSchemas({ A, B, Lazy }, 'input', choices)['Lazy']).toEqual({
    anyOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }],
  })
})

test('a lazy schema without choices is an error, for it would be described by half', () => {
  expect(() => made(v.object({ a: v.lazy(() => v.string()) }))).toThrow('not among the choices')
})

test.each([
  ['that JSON has not', v.date()],
  ['whose pattern has flags', v.pipe(v.string(), v.regex(/a/i))],
  ['with a keyword that the page would not show', v.pipe(v.number(), v.multipleOf(5))],
])('a schema %s is an error', (_, schema) => {
  expect(() => made(schema)).toThrow()
})
