import { expect, test } from 'vitest'
import { readCallerLimits } from '../../../handlers/settings/caller-settings.ts'

test('an address may have half of all connections, unless told otherwise', () => {
  const defaults = { maxConnections: 1024, maxConnectionsPerAddress: 512 }
  expect(readCallerLimits({})).toEqual(defaults)
  expect(readCallerLimits({ SWARMSPAWNER_MAX_CONNECTIONS: '' })).toEqual(defaults)
})

test('an address may have all connections behind a proxy', () => {
  const env = {
    SWARMSPAWNER_MAX_CONNECTIONS: '4000',
    SWARMSPAWNER_MAX_PER_ADDRESS: '4000',
  }
  expect(readCallerLimits(env)).toEqual({ maxConnections: 4000, maxConnectionsPerAddress: 4000 })
})

test('an address never has more than all connections', () => {
  const limits = readCallerLimits({ SWARMSPAWNER_MAX_CONNECTIONS: '100' })
  expect(limits).toEqual({ maxConnections: 100, maxConnectionsPerAddress: 100 })
})

test.each(['0', '15', '-1', '1e3', 'many', '10000000'])(
  'the number of connections %s is refused by its name',
  (text) => {
    for (const name of ['SWARMSPAWNER_MAX_CONNECTIONS', 'SWARMSPAWNER_MAX_PER_ADDRESS'])
      expect(() => readCallerLimits({ [name]: text })).toThrow(
        `${name} must be a number from 16 to 999999, such as 1024`,
      )
  },
)
