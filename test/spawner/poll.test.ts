import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cursorOf } from '../../src/spawner/poll.ts'
import { absent, type ServerState } from '../../src/spawner/server-state.ts'

const at = (cursor: string): ServerState => ({ ...absent('x'), cursor })

describe('the cursor of what was polled', () => {
  test('is that of the one server', () => {
    expect(cursorOf([at('task:running')])).toBe('task:running')
  })

  test('of several is short, and the same while they are', () => {
    expect(cursorOf([at('a'), at('b')])).toMatch(/^[0-9a-f]{16}$/)
    expect(cursorOf([at('a'), at('b')])).toBe(cursorOf([at('a'), at('b')]))
  })

  test('of none is one too', () => {
    expect(cursorOf([])).toMatch(/^[0-9a-f]{16}$/)
  })

  test.each([
    ['one changes', [at('a'), at('c')]],
    ['the order changes', [at('b'), at('a')]],
    ['one more comes', [at('a'), at('b'), at('c')]],
    ['two run into one', [at('ab'), at('')]],
  ])('changes where %s', (_, states) => {
    expect(cursorOf(states)).not.toBe(cursorOf([at('a'), at('b')]))
  })
})

test('two cursors are the same only where all states are', () => {
  const cursors = fc.array(fc.stringMatching(/^[a-z:0-9]{0,4}$/), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(cursors, cursors, (one, other) => {
      const isSame = cursorOf(one.map(at)) === cursorOf(other.map(at))
      expect(isSame).toBe(JSON.stringify(one) === JSON.stringify(other))
    }),
  )
})
