import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import { readHubNames, readSettings } from '../../../handlers/settings/service-settings.ts'
import { SECRETS } from '../../support/test-hub.ts'

const files: Record<string, string> = { '/run/secrets/hub': `${SECRETS.default}\n` }
const readFile = (path: string): string => {
  const text = files[path]
  if (text === undefined) throw new Error('ENOENT')
  return text
}

const failure = (env: Record<string, string>): Error => {
  try {
    readSettings(env, readFile)
  } catch (error) {
    if (error instanceof EnvError) return error
  }
  throw new Error('no EnvError')
}

test('the service listens on the loopback address only, unless told otherwise', () => {
  const settings = readSettings({ SWARMSPAWNER_SECRET: SECRETS.default })
  expect(settings).toMatchObject({ host: '127.0.0.1', port: 8080, adminToken: undefined })
})

test('the service takes one secret for one hub', () => {
  const { hubs } = readSettings({ SWARMSPAWNER_SECRET: SECRETS.default })
  expect(hubs.map(({ hub, keys }) => [hub, keys.length])).toEqual([['default', 1]])
})

test("the only hub is named, so that the service's servers are told from those of other services", () => {
  const env = { SWARMSPAWNER_SECRET: SECRETS.default, SWARMSPAWNER_HUB: 'physics' }
  expect(readSettings(env).hubs.map(({ hub }) => hub)).toEqual(['physics'])
})

test('the names of the hubs are told, each once, and none if no secret is set', () => {
  const env = { SWARMSPAWNER_HUBS: `a=${SECRETS.default},b=${SECRETS.other},a=whsec_x` }
  expect(readHubNames(env)).toEqual(['a', 'b'])
  expect(readHubNames({ ...env, SWARMSPAWNER_SECRET: 'x', SWARMSPAWNER_HUB: 'c' })).toHaveLength(3)
  expect(readHubNames({ SWARMSPAWNER_HUB: 'c' })).toEqual([])
})

test('the service takes the next secret of its hub as well, also if it is the same', () => {
  const env = { SWARMSPAWNER_SECRET: SECRETS.default, SWARMSPAWNER_HUB: 'physics' }
  const keysOf = (next: string) =>
    readSettings({ ...env, SWARMSPAWNER_NEXT_SECRET: next }).hubs.map(({ hub, keys }) => [
      hub,
      keys.length,
    ])
  expect(keysOf(SECRETS.other)).toEqual([['physics', 2]])
  expect(keysOf(SECRETS.default)).toEqual([['physics', 1]])
})

test('the service reads secrets from files, as Docker gives them', () => {
  const { hubs } = readSettings({ SWARMSPAWNER_SECRET_FILE: '/run/secrets/hub' }, readFile)
  expect(hubs).toHaveLength(1)
})

const withToken = (token: string) => ({
  SWARMSPAWNER_SECRET: SECRETS.default,
  SWARMSPAWNER_ADMIN_TOKEN: token,
})

test.each(['0123456789abcdef', 'the-admin-token-of-the-tests', '9f86d081884c7d659a2feaa0c55ad015'])(
  'the service takes an admin token that is long enough: %s',
  (token) => {
    expect(readSettings(withToken(token)).adminToken).toBe(token)
  },
)

test.each([
  ['hunter2', 'has 7 characters and must have at least 16'],
  ['0123456789abcde', 'has 15 characters'],
  [`   hunter2${' '.repeat(20)}`, 'has 7 characters'],
  ['x'.repeat(64), 'has only 1 different characters'],
  ['abcd'.repeat(8), 'has only 4 different characters'],
])(
  'the service refuses an admin token that can be guessed, and says how to make one: %s',
  (token, words) => {
    const { message } = failure(withToken(token))
    expect(message).toContain('SWARMSPAWNER_ADMIN_TOKEN:')
    expect(message).toContain(words)
    expect(message).toContain('openssl rand -hex 16')
    expect(message).not.toContain(token.trim())
  },
)

test.each([
  'pässword-of-0123456',
  'a-key-0123456789-🔑',
  'two\nlines-of-0123456789',
  'a\u0000-0123456789abcdef',
])('the service refuses a token that no header carries as it is: %j', (token) => {
  const metrics = { ...withToken('0123456789abcdef'), SWARMSPAWNER_METRICS_TOKEN: token }
  for (const env of [withToken(token), metrics]) {
    expect(failure(env).message).toContain('ASCII')
    expect(failure(env).message).not.toContain(token)
  }
})

test('the service refuses an admin token of a file alike, by the name of its own setting', () => {
  const env = {
    SWARMSPAWNER_SECRET: SECRETS.default,
    SWARMSPAWNER_ADMIN_TOKEN_FILE: '/run/secrets/short',
  }
  expect(() => readSettings(env, () => 'hunter2\n')).toThrow('SWARMSPAWNER_ADMIN_TOKEN_FILE: ')
})

test.each([
  [{}, 'Set SWARMSPAWNER_SECRET'],
  [{ SWARMSPAWNER_SECRET: 'hunter2' }, 'whsec_'],
  [{ SWARMSPAWNER_SECRET: 'whsec_aHVudGVyMg==' }, '24 to 64 bytes'],
  [{ SWARMSPAWNER_SECRET: SECRETS.default, SWARMSPAWNER_HUB: 'a hub' }, 'SWARMSPAWNER_HUB'],
  [{ SWARMSPAWNER_HUBS: 'hunter2' }, 'name=whsec_...'],
  [{ SWARMSPAWNER_HUBS: `a=${SECRETS.other},b=${SECRETS.other}` }, '"a" and "b" have the same'],
  [{ SWARMSPAWNER_HUBS: `a=${SECRETS.default},a.b=${SECRETS.other}` }, '"a" and "a.b" collide'],
  [{ SWARMSPAWNER_HUBS: `A=${SECRETS.default},a=${SECRETS.other}` }, '"A" and "a" collide'],
  [{ SWARMSPAWNER_SECRET: SECRETS.default, PORT: 'hunter2' }, 'PORT'],
  [{ SWARMSPAWNER_SECRET: SECRETS.default, PORT: '70000' }, 'PORT'],
  [{ SWARMSPAWNER_SECRET_FILE: '/none' }, "/none can't be read"],
  [{ SWARMSPAWNER_SECRET: 'a', SWARMSPAWNER_SECRET_FILE: '/run/secrets/hub' }, 'not both'],
])('the service refuses an environment that cannot work, and says what to do', (env, words) => {
  const { message } = failure(env)
  expect(message).toContain(words)
  expect(message).not.toContain('hunter2')
})

test('any environment gives settings or an EnvError, and no message repeats a secret', () => {
  const canary = 'canary0canary0canary'
  const secret = fc.constantFrom(SECRETS.default, `whsec_${canary}`, canary, `a=${canary}`, '', ' ')
  const env = fc.record(
    {
      SWARMSPAWNER_SECRET: secret,
      SWARMSPAWNER_HUBS: fc.oneof(
        secret,
        secret.map((one) => `a=${one}, b=${SECRETS.other}`),
      ),
      SWARMSPAWNER_ADMIN_TOKEN: secret,
      SWARMSPAWNER_SECRET_FILE: fc.constantFrom('/run/secrets/hub', '/none', ''),
      SWARMSPAWNER_HUB: fc.oneof(
        fc.string(),
        fc.constantFrom('physics', 'constructor', '__proto__'),
      ),
      PORT: fc.oneof(fc.nat(99_999).map(String), fc.constantFrom('', '-1', '1e3', canary)),
      HOST: fc.constantFrom('', '::', '0.0.0.0'),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(env, (given) => {
      try {
        const { hubs, port } = readSettings(given, readFile)
        expect(hubs.every(({ keys }) => keys.length > 0) && hubs.length > 0).toBe(true)
        expect(port).toBeLessThan(65_536)
        expect(JSON.stringify(hubs)).not.toContain(canary)
      } catch (error) {
        if (!(error instanceof EnvError)) throw error
        expect(error.message).not.toContain(canary)
      }
    }),
  )
})
