import { expect, test } from 'vitest'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import {
  isLoopback,
  plainNetworks,
  readListenAddress,
  readTlsPaths,
} from '../../../handlers/settings/listen-settings.ts'

const CERT = { SWARMSPAWNER_TLS_CERT: '/c.pem', SWARMSPAWNER_TLS_KEY: '/k.pem' }

test('with a certificate and its key the service speaks TLS, wherever it listens', () => {
  const paths = { cert: '/c.pem', key: '/k.pem' }
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) expect(readTlsPaths(CERT, host)).toEqual(paths)
  const env = { ...CERT, SWARMSPAWNER_TLS_CLIENT_CA: '/ca.pem' }
  expect(readTlsPaths(env, '::')).toEqual({ ...paths, clientCa: '/ca.pem' })
})

test.each([
  [{ SWARMSPAWNER_TLS_CERT: '/c.pem' }],
  [{ SWARMSPAWNER_TLS_KEY: '/k.pem' }],
  [{ SWARMSPAWNER_TLS_CLIENT_CA: '/ca.pem' }],
])('half a certificate is refused: %o', (env) => {
  expect(() => readTlsPaths(env, '127.0.0.1')).toThrow(EnvError)
})

test.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])(
  'plain HTTP is allowed on the loopback: %s',
  (host) => {
    expect(isLoopback(host)).toBe(true)
    expect(readTlsPaths({}, host)).toBeUndefined()
  },
)

test.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org', ''])(
  'plain HTTP elsewhere is refused, with what to do: "%s"',
  (host) => {
    expect(() => readTlsPaths({}, host)).toThrow(
      /SWARMSPAWNER_TLS_CERT and SWARMSPAWNER_TLS_KEY.*SWARMSPAWNER_PLAIN_HTTP/,
    )
  },
)

test('plain HTTP is allowed for networks that are named', () => {
  expect(readTlsPaths({ SWARMSPAWNER_PLAIN_HTTP: 'hub_control' }, '0.0.0.0')).toBeUndefined()
  expect(plainNetworks({ SWARMSPAWNER_PLAIN_HTTP: 'a, b' })).toEqual(['a', 'b'])
})

test.each(['true', '1', 'yes', 'on', 'TRUE', '*', 'a b/c'])(
  'a word that names no network is refused: %s',
  (word) => {
    expect(() => plainNetworks({ SWARMSPAWNER_PLAIN_HTTP: word })).toThrow(
      'name of a Docker network',
    )
  },
)

test('the service listens on the loopback and port 8080 by default', () => {
  expect(readListenAddress({})).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(readListenAddress({ HOST: '::', PORT: '0' })).toEqual({ host: '::', port: 0 })
})

test.each(['65536', '-1', '1e3', '80 ', 'http'])('a port that is none is refused: "%s"', (PORT) => {
  expect(() => readListenAddress({ PORT })).toThrow('PORT must be a number from 0 to 65535')
})
