import { expect, test } from 'vitest'
import { isHubName, readHubPairs } from '../../../handlers/settings/hub-pairs.ts'

test('pairs stand in a list, and a value may hold a = of its own', () => {
  expect(readHubPairs('a=1, b=2=,\na=3', 'no list')).toEqual([
    ['a', '1'],
    ['b', '2='],
    ['a', '3'],
  ])
  expect(readHubPairs('', 'no list')).toEqual([])
})

test.each(['a', 'a=', '=1', 'a b=1', 'ü=1', `${'x'.repeat(64)}=1`])('%s is no pair', (text) => {
  expect(() => readHubPairs(text, 'no list')).toThrow('no list')
})

test('a hub has 1 to 63 letters, digits, dots, - and _ as its name', () => {
  expect(['a', 'physics.2', 'A_-', 'x'.repeat(63)].every(isHubName)).toBe(true)
  expect(['', 'a b', 'a=', 'a/b', 'x'.repeat(64)].some(isHubName)).toBe(false)
})
