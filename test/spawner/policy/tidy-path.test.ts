import { expect, test } from 'vitest'
import { climbs, isWithin, mountPoint, tidy } from '../../../src/spawner/policy/tidy-path.ts'

test.each([
  ['/srv/home', '/srv/home'],
  ['//srv/./home//', '/srv/home'],
  ['/srv/.', '/srv'],
  ['/', '/'],
  ['/./', '/'],
  ['srv/', 'srv'],
  ['/srv/.hidden', '/srv/.hidden'],
  ['/srv/../etc', '/srv/../etc'],
])('a path is walked as the kernel does: %s is %s', (path, expected) => {
  expect(tidy(path)).toBe(expected)
})

test('a path climbs by a part that is .., and by no other', () => {
  expect(['..', '/..', 'a/../b', 'a/..', 'a\\..\\b'].every(climbs)).toBe(true)
  expect(['', '.', 'a..b', '..a/b', '/.../x'].some(climbs)).toBe(false)
})

test.each([
  ['/x', '/x'],
  ['x', '/x'],
  ['//x/./', '/x'],
  ['/a/../x', '/x'],
  ['/../../x', '/x'],
  ['/x/...', '/x/...'],
  ['/a/..', '/'],
  ['', '/'],
])('a mount with the target %s is at %s', (target, expected) => {
  expect(mountPoint(target)).toBe(expected)
})

test('a path lies in itself and in those above it, not in one whose name it only begins with', () => {
  expect(['/', '/srv', '/srv/a'].every((outer) => isWithin(outer, '/srv/a'))).toBe(true)
  expect(['/sr', '/srv/a/b', '/srv/ab'].some((outer) => isWithin(outer, '/srv/a'))).toBe(false)
})
