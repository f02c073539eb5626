import { expect, test } from 'vitest'
import { readUlimits } from '../../../src/spawner/settings/ulimits.ts'

const limit = { Name: 'nofile', Soft: 1024, Hard: 2048 }

test.each<[string, unknown, object[]]>([
  ['the docker CLI', ['nofile=1024:2048'], [limit]],
  ['the docker CLI, one alone', 'nofile=1024:2048', [limit]],
  ['the docker CLI, one number', ['nofile=1024'], [{ ...limit, Hard: 1024 }]],
  ['no limit', ['memlock=-1:-1'], [{ Name: 'memlock', Soft: -1, Hard: -1 }]],
  ['docker-py', [{ name: 'nofile', soft: 1024, hard: 2048 }], [limit]],
  ['docker-py without hard', [{ name: 'nofile', soft: 1024 }], [{ ...limit, Hard: 1024 }]],
  ['the Engine', [limit], [limit]],
  [
    'a compose file',
    { nofile: { soft: 1024, hard: 2048 }, nproc: 5 },
    [limit, { Name: 'nproc', Soft: 5, Hard: 5 }],
  ],
])('%s', (_, input, expected) => {
  expect(readUlimits(input, 'u')).toEqual(expected)
})

test.each<[unknown, string]>([
  [
    ['nofile'],
    "u.0: must be 'nofile=1024:2048', or {'name': 'nofile', 'soft': 1024, 'hard': 2048}",
  ],
  [['nofile=1:2:3'], "u.0: must be 'nofile=1024:2048'"],
  [['nofile=many'], "u.0: must be 'nofile=1024:2048'"],
  ['', "u: must be 'nofile=1024:2048'"],
  [[{ soft: 1 }], "u.0.name: is missing: 'nofile=1024:2048'"],
  [[{ Name: 'a' }], 'u.0.Soft: is missing'],
  [[7], 'u.0: must be a dict'],
  [{ nofile: 'x' }, 'u.nofile: must be a dict'],
  [7, 'u: must be a dict'],
])('%j is refused: %s', (input, message) => {
  expect(() => readUlimits(input, 'u')).toThrow(message)
})
