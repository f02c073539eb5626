import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  escapedName,
  escapedServerName,
  legacyEscapedName,
} from '../../../src/spawner/server/escaped-name.ts'

// As dockerspawner 14.0.0 with escapism 1.1.0 writes them.
test.each([
  ['alice', 'alice'],
  ['a-b', 'a-2db'],
  ['ada@x.org', 'ada-40x-2eorg'],
  ['Ada', '-41da'],
  ['a_b', 'a-5fb'],
  ['é', '-c3-a9'],
  ['😀', '-f0-9f-98-80'],
  ['a b', 'a-20b'],
  ['a\u007f', 'a-7f'],
  ['user-42', 'user-2d42'],
])('%j is escaped as dockerspawner does it: %j', (name, escaped) => {
  expect(escapedName(name)).toBe(escaped)
})

// As dockerspawner 0.11.1 writes them, and 14.0.0 with `escape = 'legacy'`.
test.each([
  ['alice', 'alice'],
  ['a-b', 'a-b'],
  ['Ünï@x.org', '_C3_9Cn_C3_AF_40x_2Eorg'],
  ['Ada', 'Ada'],
  ['a_b', 'a_5Fb'],
  ['😀', '_F0_9F_98_80'],
])('%j is escaped as dockerspawner of before did it: %j', (name, escaped) => {
  expect(legacyEscapedName(name)).toBe(escaped)
})

test.each([
  ['', ''],
  ['Lab', 'lab'],
  ['My lab', 'my-20lab'],
])('the server %j is escaped as dockerspawner does it: %j', (name, escaped) => {
  expect(escapedServerName(name)).toBe(escaped)
})

test.each(['a\u0002d', '\t', `${'a'.repeat(255)}b`, '日'.repeat(29)])('%j is not', (name) => {
  for (const written of [escapedName, escapedServerName, legacyEscapedName])
    expect(written(name)).toBeUndefined()
})

test('two users have two', () => {
  const name = fc.string({ unit: fc.constantFrom(...'a2dDA-_\u0002é日😀') })
  fc.assert(
    fc.property(name, name, (a, b) => {
      fc.pre(a !== b && escapedName(a) !== undefined)
      for (const written of [escapedName, legacyEscapedName])
        expect(written(a)).not.toBe(written(b))
    }),
    { numRuns: 2000 },
  )
})
