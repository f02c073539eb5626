import { expect, test } from 'vitest'
import { readHosts } from '../../../src/spawner/settings/hosts.ts'

test.each<[string, unknown, string[]]>([
  ['a dict, as docker-py', { lms: '10.0.0.1' }, ['10.0.0.1 lms']],
  ['a dict with an IPv6 address', { lms: 'fd00::1' }, ['fd00::1 lms']],
  ['lines, as the Engine', ['10.0.0.1 lms  lms.local'], ['10.0.0.1 lms  lms.local']],
  ['an IPv6 line', ['::1 me'], ['::1 me']],
  ['the docker CLI', ['lms:10.0.0.1'], ['10.0.0.1 lms']],
  ['the docker CLI, IPv6', ['lms:fd00::1', 'a:[::1]'], ['fd00::1 lms', '::1 a']],
  ['the docker CLI with an equals sign', ['lms=10.0.0.1'], ['10.0.0.1 lms']],
  ['one text alone', 'lms:10.0.0.1', ['10.0.0.1 lms']],
])('%s', (_, input, expected) => {
  expect(readHosts(input, 'h')).toEqual(expected)
})

test.each<[unknown, string]>([
  [['lms'], 'h.0'],
  [['lms 10.0.0.1'], 'h.0'],
  [['10.0.0.1'], 'h.0'],
  [['10.0.0.1 a', 'lms:nas'], 'h.1'],
  [['lms:'], 'h.0'],
  [[7], 'h.0'],
  [{ lms: 7 }, 'h.lms'],
  [{ 'a b': '10.0.0.1' }, 'h.a b'],
  [{ lms: '10.0.0.1 b' }, 'h.lms'],
  ['', 'h'],
  [7, 'h'],
])('%j is refused at %s, with how to write it', (input, path) => {
  expect(() => readHosts(input, 'h')).toThrow(
    `${path}: must be '10.0.0.1 lms' as in hosts(5), or 'lms:10.0.0.1', or a dict {'lms': '10.0.0.1'}`,
  )
})
