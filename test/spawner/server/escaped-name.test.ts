import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapedName } from '../../../src/spawner/server/escaped-name.ts'

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

test.each(['a\u0002d', '\t', `${'a'.repeat(255)}b`, '日'.repeat(29)])('%j is not', (name) => {
  expect(escapedName(name)).toBeUndefined()
})

test('two users have two', () => {
  const name = fc.string({ unit: fc.constantFrom(...'a2dA-\u0002é日😀') })
  fc.assert(
    fc.property(name, name, (a, b) => {
      fc.pre(a !== b && escapedName(a) !== undefined)
      expect(escapedName(a)).not.toBe(escapedName(b))
    }),
    { numRuns: 2000 },
  )
})
