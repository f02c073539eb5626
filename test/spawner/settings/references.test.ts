import { expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { readReferences } from '../../../src/spawner/settings/references.ts'

const file = (Name: string, more = {}) => ({ Name, UID: '0', GID: '0', Mode: 0o444, ...more })

test.each<[string, unknown, object[]]>([
  ['a name', ['token'], [{ SecretName: 'token', File: file('token') }]],
  ['a name alone', 'token', [{ SecretName: 'token', File: file('token') }]],
  ['a dict of a name', [{ name: 'token' }], [{ SecretName: 'token', File: file('token') }]],
  [
    'a compose file',
    [{ source: 'token', target: '/run/t', uid: '1000', gid: '100', mode: 0o400 }],
    [{ SecretName: 'token', File: file('/run/t', { UID: '1000', GID: '100', Mode: 0o400 }) }],
  ],
  [
    'the docker CLI',
    ['source=token,target=/run/t,uid=1000,mode=0400', 'src=other'],
    [
      { SecretName: 'token', File: file('/run/t', { UID: '1000', Mode: 0o400 }) },
      { SecretName: 'other', File: file('other') },
    ],
  ],
  [
    "docker-py's arguments",
    [{ secret_id: 'a', secret_name: 'token', filename: 't', uid: '1', gid: '2', mode: 256 }],
    [{ SecretID: 'a', SecretName: 'token', File: { Name: 't', UID: '1', GID: '2', Mode: 256 } }],
  ],
  [
    "the Engine, and docker-py's own dict",
    [{ SecretID: 'a', SecretName: 'token', File: { Name: 't', UID: '1', GID: '2', Mode: 256 } }],
    [{ SecretID: 'a', SecretName: 'token', File: { Name: 't', UID: '1', GID: '2', Mode: 256 } }],
  ],
  [
    'the Engine without a file',
    [{ SecretID: 'a', SecretName: 't' }],
    [{ SecretID: 'a', SecretName: 't', File: file('t') }],
  ],
])('a secret as %s has it', (_, input, expected) => {
  expect(readReferences(input, 'Secret', 'secrets')).toEqual(expected)
})

test('a config is the same, and may be for a plugin', () => {
  expect(
    readReferences([{ config_name: 'rc' }, { name: 'x', runtime: {} }], 'Config', 'c'),
  ).toEqual([
    { ConfigName: 'rc', File: file('rc') },
    { ConfigName: 'x', Runtime: {} },
  ])
})

test.each<[unknown, string]>([
  [[{ SecretID: 'a' }], 's.0.SecretName: is missing: the name of the secret'],
  [[{ target: '/x' }], 's.0.name: is missing: the name of the secret'],
  [[''], 's.0: is missing: the name of the secret'],
  [{ name: '' }, 's.name: is missing: the name of the secret'],
  [[7], 's.0: must be a dict'],
  [[{ name: 'a', path: '/x' }], 's.0.path: not a setting; the settings are SecretID, id,'],
  [['source=a,mode=9'], 's.0: has a mode that is not octal, such as 0400'],
  [['source=a,source=b'], "s.0: has source twice; write it as in 'source=token,"],
  [['source=a,=b'], "s.0: must be as in 'source=token,target=/run/token,mode=0400'"],
  [['source=a,path=b'], 's.0.path: not a setting'],
])('%j is refused: %s', (input, message) => {
  expect(() => readReferences(input, 'Secret', 's')).toThrow(SpawnError)
  expect(() => readReferences(input, 'Secret', 's')).toThrow(message)
})
