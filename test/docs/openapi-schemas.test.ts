import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { WORDS } from '../../docs/write/api-words.ts'
import { jsonSchemas } from '../../docs/write/json-schema.ts'
import {
  ANSWERS,
  describeSchemas,
  ENGINE_SCHEMAS,
  nameOfData,
  REQUESTS,
} from '../../docs/write/openapi-schemas.ts'
import { HOOKS } from '../../handlers/app.ts'
import { FUZZ_TIMEOUT_MS, runs } from '../fuzz/fuzz-runs.ts'
import { mutated } from '../fuzz/mutate.ts'
import { oddJson } from '../fuzz/odd-values.ts'
import { verbData } from '../fuzz/start-data.ts'
import { document, judgeOf } from './api-document.ts'

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS })

const { schemas } = document.components
const judgeOfData = (data: v.GenericSchema) => judgeOf('components', 'schemas', nameOfData(data))

/** What a hub's JSON is for the service: no undefined, no NaN. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null')

/** Where the two must differ, and why; data with one of these is not compared. */
const DIFFERENCES: readonly {
  why: string
  isIn: (value: unknown) => boolean
  example: { path: string; data: unknown; valibot: boolean; json: boolean }
}[] = [
  {
    why: 'valibot counts the length of a text in UTF-16, JSON Schema in characters',
    isIn: (value) => typeof value === 'string' && value.length > 255 && [...value].length <= 255,
    example: {
      path: '/stop',
      data: { server: { username: '😀'.repeat(200) } },
      valibot: false,
      json: true,
    },
  },
  {
    why: 'an empty list is an object without fields for valibot, and no object for JSON Schema',
    isIn: (value) => Array.isArray(value) && value.length === 0,
    example: {
      path: '/start',
      data: { server: { username: 'alice' }, config: [] },
      valibot: true,
      json: false,
    },
  },
]

const valuesIn = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null
    ? [value, ...Object.entries(value).flatMap(([key, inner]) => [key, ...valuesIn(inner)])]
    : [value]

const differs = (data: unknown): boolean =>
  valuesIn(data).some((value) => DIFFERENCES.some(({ isIn }) => isIn(value)))

describe('the schema of the data and that of the document', () => {
  test.each(HOOKS)(
    'the schema of the data and that of the document take and refuse the same: $path',
    ({ path, data }) => {
      const judge = judgeOfData(data)
      const good = verbData[path.slice(1)] ?? oddJson
      const taken = { yes: 0, no: 0 }
      fc.assert(
        fc.property(
          fc.oneof(good, mutated(good), mutated(good), oddJson).map(overTheWire),
          (given) => {
            fc.pre(!differs(given))
            const isTaken = v.is(data, given)
            taken[isTaken ? 'yes' : 'no'] += 1
            expect(judge(given), JSON.stringify(given)).toBe(isTaken)
          },
        ),
        runs(2000),
      )
      expect(taken.yes).toBeGreaterThan(100)
      expect(taken.no).toBeGreaterThan(100)
    },
  )

  test.each(DIFFERENCES)(
    'the schema of the data and that of the document differ: $why',
    ({ isIn, example }) => {
      const hook = HOOKS.find(({ path }) => path === example.path)
      if (!hook) throw new Error(`no ${example.path}`)
      expect(valuesIn(example.data).some(isIn)).toBe(true)
      expect(v.is(hook.data, example.data)).toBe(example.valibot)
      expect(judgeOfData(hook.data)(example.data)).toBe(example.json)
    },
  )

  const server = { username: 'alice' }
  test.each([
    ['/start', { server, env: { A: 'a', B: 1, C: true, D: null } }, true],
    ['/start', { server, env: ['A=a'] }, true],
    ['/start', { server, env: { A: {} } }, false],
    ['/start', { server, env: ['A=a', 1] }, false],
    ['/start', { server, env: 'A=a' }, false],
    ['/start', { server, env: { constructor: 'x', toString: 'y' } }, true],
    ['/start', { server, config: { endpoint: null, networks: null } }, true],
    ['/start', { server, config: { endpoint: 'host' } }, false],
    ['/start', { server, port: 0 }, false],
    ['/start', { server, port: 8888.5 }, false],
    ['/start', { server, wait_s: 301 }, false],
    ['/start', { server: { username: '' } }, false],
    ['/start', { server: { username: '\ud800' } }, false],
    ['/start', { server: { username: 'a'.repeat(256) } }, false],
    ['/start', { server, spawn_id: 'not so' }, false],
    ['/poll', { server, servers: [server] }, false],
    ['/poll', { servers: [] }, true],
    ['/poll', { servers: Array(1001).fill(server) }, false],
    ['/poll', { servers: [{ ...server, spawn_id: 'a' }], cursor: '', wait_s: 300 }, true],
    ['/poll', {}, false],
    ['/stop', { server, now: 'yes' }, false],
    ['/forget', { server: { username: 'alice', service_prefix: 'lab' } }, true],
    ['/forget', {}, false],
  ] as const)(
    'the schema of the data and that of the document say the same of %s %j',
    (path, data, isTaken) => {
      const hook = HOOKS.find((one) => one.path === path)
      if (!hook) throw new Error(`no ${path}`)
      expect(v.is(hook.data, data)).toBe(isTaken)
      expect(judgeOfData(hook.data)(data)).toBe(isTaken)
    },
  )
})

/** Schemas of objects, by name; what is a choice or a dict has no fields of its own. */
const objects = Object.entries({ ...REQUESTS, ...ANSWERS, ...ENGINE_SCHEMAS }).flatMap(
  ([name, schema]) =>
    'entries' in schema ? [{ name, fields: Object.keys(schema.entries), schema }] : [],
)

describe('a component of the document', () => {
  test.each(objects)(
    'in the document, $name has the fields of its schema and no other',
    ({ name, fields }) => {
      expect(Object.keys(schemas[name]?.properties ?? {}).sort()).toEqual(fields.sort())
    },
  )

  test.each(objects.filter(({ name }) => name in REQUESTS))(
    'in the document, $name refuses a field that is not known, as its schema does',
    ({ name, schema }) => {
      const data = { 'not-known': 1 }
      const { issues = [] } = v.safeParse(schema, data)
      expect(issues.map((issue) => v.getDotPath(issue))).toContain('not-known')
      const judge = judgeOf('components', 'schemas', name)
      judge(data)
      expect(judge.errors).toContainEqual(
        expect.objectContaining({ keyword: 'additionalProperties' }),
      )
    },
  )

  test.each(Object.entries(schemas))(
    'in the document, %s says what it is, and what each of its fields means',
    (name, schema) => {
      expect(schema.description).toMatch(/^[A-Z`].*[.:…]$/s)
      if (name in ENGINE_SCHEMAS) return
      for (const [field, { description }] of Object.entries(schema.properties ?? {}))
        expect(description, field).toMatch(/^[A-Z`0-9].*[.)…]$/s)
    },
  )
})

describe('words', () => {
  const one = jsonSchemas({ One: v.object({ a: v.string() }) }, 'input')

  test('missing words keep the document from being made', () => {
    expect(() => describeSchemas(one, {})).toThrow('One has no words')
    expect(() => describeSchemas(one, { One: { about: 'One.', fields: {} } })).toThrow(
      'One.a has no words',
    )
  })

  test('words of a field that is gone keep the document from being made', () => {
    const fields = { a: 'A.', b: 'B.' }
    expect(() => describeSchemas(one, { One: { about: 'One.', fields } })).toThrow(
      'One has no field b',
    )
  })

  test('the document has words for every schema and no other', () => {
    expect(Object.keys(WORDS).sort()).toEqual(
      Object.keys({ ...REQUESTS, ...ANSWERS, ...ENGINE_SCHEMAS }).sort(),
    )
  })
})
