import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../../src/spawner/environment.ts'

describe('an environment', () => {
  const env = (input: unknown, author: 'admin' | 'user' = 'admin') =>
    Object.fromEntries(
      readEnvironment(input, author, 'env').map(({ path, value }) => [path.at(-1), value]),
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
  ])('%s', (_, input, expected) => {
    expect(env(input)).toEqual(expected)
  })

  test("an admin's templates are the Engine's, a user's are text", () => {
    expect(env({ A: '{{.Node.Hostname}}' })).toEqual({ A: '{{.Node.Hostname}}' })
    expect(env({ A: '{{.Node.Hostname}}' }, 'user')).toEqual({ A: '{{"{{"}}.Node.Hostname}}' })
  })

  test.each([
    ['an empty name', { '': 'x' }, 'env: a variable has no usable name'],
    ['a name with =', { 'A=B': 'x' }, 'env: a variable has no usable name'],
    ['a line without a name', ['=x'], 'env: a variable has no usable name'],
    ['a NUL in a name', { 'A\0': 'x' }, 'env: a variable has no usable name'],
    ['a NUL in a value', { A: 'x\0' }, 'env.A: has a NUL character'],
    ['a dict as value', { A: {} }, 'env.A: must be a text or a number'],
    ['a line that is none', [7], "env: must be a dict, or a list of 'NAME=value'"],
    ['a text', 'A=1', 'env: must be a dict'],
  ])('refuses %s', (_, input, message) => {
    expect(() => env(input)).toThrow(message)
  })
})
