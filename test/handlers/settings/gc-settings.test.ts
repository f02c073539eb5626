import { describe, expect, test } from 'vitest'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import { readGcSettings } from '../../../handlers/settings/gc-settings.ts'

const API = 'http://hub:8081/hub/api'
const readFile = (path: string): string => {
  if (path === '/run/secrets/token') return 'from-a-file\n'
  throw new Error('ENOENT')
}
const read = (env: Record<string, string>) => readGcSettings(env, { fetch, readFile })
const apisOf = (env: Record<string, string>) =>
  [...read(env).hubApis].map(([hub, { url, token }]) => [hub, url, token])

test('without settings of gc, no hub is asked, and nothing is done by itself', () => {
  const { hubApis, ...others } = read({})
  expect(hubApis.size).toBe(0)
  expect(others).toEqual({ olderThanMs: 3_600_000, everyMs: undefined, action: undefined })
})

test('one address and one token of a hub API are those of the only hub', () => {
  const env = { SWARMSPAWNER_HUB_API: `${API}/`, SWARMSPAWNER_HUB_API_TOKEN: 'a=b==' }
  expect(apisOf(env)).toEqual([['default', API, 'a=b==']])
  expect(apisOf({ ...env, SWARMSPAWNER_HUB: 'physics' })).toEqual([['physics', API, 'a=b==']])
})

test('the addresses and tokens of several hubs are lists of name=value', () => {
  const env = {
    SWARMSPAWNER_HUB_API: `a=${API}, b=https://example.org/hub/api`,
    SWARMSPAWNER_HUB_API_TOKEN: 'b=two,a=one==',
  }
  expect(apisOf(env)).toEqual([
    ['a', API, 'one=='],
    ['b', 'https://example.org/hub/api', 'two'],
  ])
})

test('the token of a hub API may come from a file', () => {
  const env = {
    SWARMSPAWNER_HUB_API: API,
    SWARMSPAWNER_HUB_API_TOKEN_FILE: '/run/secrets/token',
  }
  expect(apisOf(env)).toEqual([['default', API, 'from-a-file']])
})

test('the settings how often gc looks, how old a leftover is and what to do are read', () => {
  const env = {
    SWARMSPAWNER_GC_EVERY: '1h30m',
    SWARMSPAWNER_GC_OLDER_THAN: '20m',
    SWARMSPAWNER_GC: 'remove',
  }
  expect(read(env)).toMatchObject({ everyMs: 5_400_000, olderThanMs: 1_200_000, action: 'remove' })
})

describe('settings of gc that cannot be used', () => {
  const both = { SWARMSPAWNER_HUB_API: API, SWARMSPAWNER_HUB_API_TOKEN: 'x' }
  test.each([
    [{ SWARMSPAWNER_HUB_API: API }, 'or neither'],
    [{ SWARMSPAWNER_HUB_API_TOKEN: 'hunter2' }, 'or neither'],
    [{ ...both, SWARMSPAWNER_HUB_API_TOKEN: 'hunter2\nhunter2' }, 'no valid token'],
    [{ ...both, SWARMSPAWNER_HUB_API_TOKEN: 'hünter2 hunter2' }, 'no valid token'],
    [{ ...both, SWARMSPAWNER_HUB_API: 'http://user:hunter2@hub/hub/api' }, 'must be an address'],
    [{ ...both, SWARMSPAWNER_HUB_API: `${API}?token=hunter2` }, 'must be an address'],
    [{ ...both, SWARMSPAWNER_HUB_API: 'hunter2' }, 'must be an address'],
    [{ ...both, SWARMSPAWNER_HUB_API: 'file:///hunter2' }, 'must be an address'],
    [{ SWARMSPAWNER_HUB_API: `a=${API}`, SWARMSPAWNER_HUB_API_TOKEN: 'hunter2' }, 'name=value'],
    [{ SWARMSPAWNER_HUB_API: `a=${API}`, SWARMSPAWNER_HUB_API_TOKEN: 'b=hunter2' }, 'hub "b"'],
    [
      { SWARMSPAWNER_HUB_API: `a=${API},b=${API}`, SWARMSPAWNER_HUB_API_TOKEN: 'a=hunter2' },
      'hub "b"',
    ],
    [{ SWARMSPAWNER_GC_EVERY: 'hunter2' }, 'SWARMSPAWNER_GC_EVERY'],
    [{ SWARMSPAWNER_GC_EVERY: '10ms' }, 'between 1s and'],
    [{ SWARMSPAWNER_GC_EVERY: '1000h' }, 'between 1s and'],
    [{ SWARMSPAWNER_GC_OLDER_THAN: 'hunter2' }, 'SWARMSPAWNER_GC_OLDER_THAN'],
    [{ SWARMSPAWNER_GC: 'hunter2' }, 'list or remove'],
  ])('%j cannot be used, and is refused by its name, never with its value', (env, words) => {
    const reading = () => read(env)
    expect(reading).toThrow(EnvError)
    expect(reading).toThrow(words)
    expect(reading).not.toThrow('hunter2')
  })
})
