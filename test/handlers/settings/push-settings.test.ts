import { expect, test } from 'vitest'
import { requirePushToken } from '../../../handlers/caller/push-token.ts'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import { readPushSettings } from '../../../handlers/settings/push-settings.ts'

const hubs = ['physics', 'biology']
const ONE = 'b6c7d1a0e4f84f0c9d3b2a1908f7e6d5'
const TWO = 'f00dfeed0123456789abcdefdeadbeef'

const read = (tokens: string, hosts = '') =>
  readPushSettings({ SWARMSPAWNER_PUSH_TOKENS: tokens, SWARMSPAWNER_PUSH_HOSTS: hosts }, { hubs })

/** The error of settings that cannot be used. It must name the variable, and no token. */
const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (!(error instanceof EnvError)) throw error
    expect(error.message).toContain('SWARMSPAWNER_PUSH_')
    for (const token of [ONE, TWO]) expect(error.message).not.toContain(token.slice(0, 16))
    return error.message
  }
  throw new Error('nothing was refused')
}

test('a hub may have several push tokens, and each stands for its hub', () => {
  const { tokens } = read(`physics=${ONE}, physics=${ONE.toUpperCase()}\nbiology=${TWO}`)
  expect(requirePushToken(tokens, ONE)).toBe('physics')
  expect(requirePushToken(tokens, ONE.toUpperCase())).toBe('physics')
  expect(requirePushToken(tokens, TWO)).toBe('biology')
  expect(() => requirePushToken(tokens, TWO.toUpperCase())).toThrow('token in the path is wrong')
})

test('settings keep the hash of a token, and not the token', () => {
  expect(JSON.stringify(read(`physics=${ONE}`))).not.toContain(ONE)
})

test('no push tokens are none', () => {
  expect(readPushSettings({}, { hubs })).toEqual({ tokens: [], hosts: new Map() })
})

test('a file may hold the push tokens', () => {
  const env = { SWARMSPAWNER_PUSH_TOKENS_FILE: '/run/secrets/push-tokens' }
  const readFile = (path: string) => (path === '/run/secrets/push-tokens' ? `physics=${ONE}\n` : '')
  const { tokens } = readPushSettings(env, { hubs, readFile })
  expect(requirePushToken(tokens, ONE)).toBe('physics')
  expect(refusal(() => readPushSettings(env, { hubs }))).toContain('no files')
})

test.each([
  [`chemistry=${ONE}`, 'no hub "chemistry"; it has physics, biology'],
  [`physics=${ONE},biology=${ONE}`, 'have the same token'],
  [ONE, 'name=token'],
  [`physics=${ONE.slice(1)}`, 'has 31 characters and must have at least 32'],
  [`physics=${'ab'.repeat(20)}`, 'only 2 different characters'],
  [`physics=${ONE}/../start`, 'other characters'],
  [`physics=${ONE}%2f`, 'other characters'],
  [`physics=${ONE}?x`, 'other characters'],
  [Array.from({ length: 101 }, () => `physics=${ONE}`).join(), 'more than 100 tokens'],
])('push tokens that cannot be used are refused with what to do', (tokens, words) => {
  expect(refusal(() => read(tokens))).toContain(words)
})

test('hosts of registries are pairs of hosts', () => {
  const { hosts } = read('', 'registry:5000=Registry.Example.org:443, 10.0.0.9:5000=docker.io')
  expect([...hosts]).toEqual([
    ['registry:5000', 'registry.example.org'],
    ['10.0.0.9:5000', 'docker.io'],
  ])
})

test.each([
  'registry',
  'registry:5000',
  'registry:5000=',
  '=a.b',
  'a.b=c.d=e.f',
  'a.b=library',
  'a.b/c=d.e',
  'https://a.b=c.d',
])('the hosts %s are refused', (hosts) => {
  expect(refusal(() => read('', hosts))).toContain('registry:5000=registry.example.org')
})
