import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../../../src/spawner/settings/environment.ts'

describe('an environment', () => {
  const env = (input: unknown, author: 'admin' | 'user' = 'admin') =>
    Object.fromEntries(
      readEnvironment(input, 'env', { asText: author === 'user' }).map(({ path, value }) => [
        path.at(-1),
        value,
      ]),
    )

  test.each([
    ['texts', { A: '1', B: '' }, { A: '1', B: '' }],
    [
      'numbers and booleans',
      { A: 1.5, B: true, C: false, D: 0 },
      { A: '1.5', B: 'true', C: 'false', D: '0' },
    ],
    ['None passed over', { A: null, B: 'x' }, { B: 'x' }],
    ['a list', ['A=1', 'B=x=y', 'C'], { A: '1', B: 'x=y', C: '' }],
    ['odd names', { 'a.b-c d': '1', é: '2' }, { 'a.b-c d': '1', é: '2' }],
    ['a name of the language', { constructor: '1' }, { constructor: '1' }],
    ['line breaks in a value', { A: 'x\ny' }, { A: 'x\ny' }],
  ])('an environment is read: %s', (_, input, expected) => {
    expect(env(input)).toEqual(expected)
  })

  test("templates of an admin are the Engine's, templates of a user are text", () => {
    expect(env({ A: '{{.Node.Hostname}}' })).toEqual({ A: '{{.Node.Hostname}}' })
    expect(env({ A: '{{.Node.Hostname}}' }, 'user')).toEqual({ A: '{{"{{"}}.Node.Hostname}}' })
  })

  test.each([
    [
      'an empty name',
      { '': 'x' },
      'env: the name of a variable must not be empty or contain "=" or NUL',
    ],
    [
      'a name with =',
      { 'A=B': 'x' },
      'env: the name of a variable must not be empty or contain "=" or NUL',
    ],
    [
      'a line without a name',
      ['=x'],
      'env: the name of a variable must not be empty or contain "=" or NUL',
    ],
    [
      'a NUL in a name',
      { 'A\0': 'x' },
      'env: the name of a variable must not be empty or contain "=" or NUL',
    ],
    ['a NUL in a value', { A: 'x\0' }, 'env.A: must not contain a NUL character'],
    ['a dict as value', { A: {} }, 'env.A: must be a text or a number'],
    ['a line that is none', [7], "env: must be a dict, or a list of 'NAME=value'"],
    ['a text', 'A=1', 'env: must be a dict'],
  ])('an environment refuses %s', (_, input, message) => {
    expect(() => env(input)).toThrow(message)
  })
})

describe('whatever the variables', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[^=\0]{1,9}$/),
    fc.constantFrom('__proto__', 'constructor'),
  )
  const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))
  const variables = fc.uniqueArray(fc.tuple(name, value), { selector: ([one]) => one })

  test('a dict and a list of variables read alike, each under its name', () => {
    fc.assert(
      fc.property(variables, (pairs) => {
        const dict = readEnvironment(Object.fromEntries(pairs), 'env', { asText: false })
        const list = readEnvironment(
          Object.entries(Object.fromEntries(pairs)).map(([one, text]) => `${one}=${text}`),
          'env',
          { asText: false },
        )
        expect(dict).toEqual(list)
        expect(new Map(dict.map((entry) => [entry.path.at(-1), entry.value]))).toEqual(
          new Map(pairs),
        )
      }),
    )
  })

  test('no refusal of variables repeats a value', () => {
    const secret = 'canary-of-a-secret'
    const bad = fc.constantFrom<unknown>(
      { '': secret },
      { 'A=B': secret },
      { A: { secret } },
      { A: [secret] },
      { A: `${secret}\0` },
      [`=${secret}`],
      [{ A: secret }],
      secret,
    )
    fc.assert(
      fc.property(bad, fc.constantFrom('admin', 'user'), (input, author) => {
        expect(() => readEnvironment(input, 'env', { asText: author === 'user' })).toThrow(
          /^(?!.*canary).*env/,
        )
      }),
    )
  })
})
