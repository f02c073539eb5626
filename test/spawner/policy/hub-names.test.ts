import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collidingHubs, isOfOtherHub } from '../../../src/spawner/policy/hub-names.ts'
import { matches } from '../../../src/spawner/policy/patterns.ts'

const hubs = ['physics', 'physics-2', 'deep.blue', 'deep-sea', 'default']

describe('a name', () => {
  test.each([
    ['physics', 'physics', false],
    ['physics', 'physics-3', false],
    ['physics', 'physics_lab', false],
    ['physics', 'physics-2', true],
    ['physics', 'physics-2-lab', true],
    ['physics', 'physics-2_lab', true],
    ['physics', 'PHYSICS-2', true],
    ['physics', 'physics-22', false],
    ['physics-2', 'physics-2', false],
    ['physics-2', 'physics', true],
    ['physics-2', 'physics-3', true],
    ['physics', 'deep-blue', true],
    ['physics', 'deep-blue-1', true],
    ['deep.blue', 'deep-blue', false],
    ['physics', 'deep.blue.example', true],
    ['physics', 'deep', false],
    ['physics', 'jupyter', false],
    ['physics', 'physicist', false],
    ['physics', '', false],
  ])('for the hub %s, the name %j is of another hub: %j', (hub, name, expected) => {
    expect(isOfOtherHub(name, hub, hubs)).toBe(expected)
  })

  test('a name is of no other hub if there is one hub alone', () => {
    expect(isOfOtherHub('physics', 'default', ['default'])).toBe(false)
    expect(isOfOtherHub('physics', 'default', [])).toBe(false)
  })

  test('a name with a hyphen belongs to the hub that is called so', () => {
    const both = ['deep.blue', 'deep-blue']
    expect(isOfOtherHub('deep-blue', 'deep.blue', both)).toBe(true)
    expect(isOfOtherHub('deep-blue', 'deep-blue', both)).toBe(false)
  })
})

describe('hubs', () => {
  test.each<[string[], [string, string] | undefined]>([
    [['physics', 'physics-2', 'physics_2', 'chemistry'], undefined],
    [
      ['physics', 'physics.2'],
      ['physics', 'physics.2'],
    ],
    [
      ['physics.2', 'physics'],
      ['physics', 'physics.2'],
    ],
    [
      ['physics', 'Physics.2'],
      ['physics', 'Physics.2'],
    ],
    [
      ['Physics', 'physics'],
      ['Physics', 'physics'],
    ],
    [
      ['a', 'a.'],
      ['a', 'a.'],
    ],
    [['a.b', 'a.c'], undefined],
    [['a.b'], undefined],
  ])('of the hubs %j these collide: %j', (names, expected) => {
    expect(collidingHubs(names)).toEqual(expected)
  })

  test('hubs that do not collide have no name of a volume in common, whatever it is', () => {
    const hub = fc.stringMatching(/^[ab.-]{1,4}$/)
    const patterns = ['{hub}', '{hub}.*']
    const has = (name: string, text: string) =>
      patterns.some((pattern) =>
        matches(pattern, text, {
          '{hub}': name,
          '{username}': 'u',
          '{server_name}': '1',
          '{raw_username}': 'u',
        }),
      )
    fc.assert(
      fc.property(hub, hub, fc.stringMatching(/^[ab.-]{1,8}$/), (one, other, text) => {
        fc.pre(one !== other && collidingHubs([one, other]) === undefined)
        expect(has(one, text) && has(other, text)).toBe(false)
        expect(has(one, `${other}.${text}`)).toBe(false)
      }),
    )
  })
})
