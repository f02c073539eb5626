import { expect, test } from 'vitest'
import { readSettings } from '../../../handlers/settings/service-settings.ts'
import { SECRETS } from '../../support/test-hub.ts'

const env = { SWARMSPAWNER_SECRET: SECRETS.default }
const TOKEN = '0123456789abcdef'

test('the token for metrics comes from the environment, or from a file', () => {
  expect(readSettings(env)).not.toHaveProperty('metricsToken')
  const direct = readSettings({ ...env, SWARMSPAWNER_METRICS_TOKEN: TOKEN })
  expect(direct).toMatchObject({ metricsToken: TOKEN, adminToken: undefined })
  const named = { ...env, SWARMSPAWNER_METRICS_TOKEN_FILE: '/run/secrets/metrics' }
  expect(readSettings(named, () => `${TOKEN}\n`)).toMatchObject({ metricsToken: TOKEN })
})

test.each([
  ['short', /SWARMSPAWNER_METRICS_TOKEN: the token has 5 characters/],
  ['aaaaaaaaaaaaaaaaaaaa', /only 1 different/],
])('a token for metrics that is easy to guess is refused: %s', (token, words) => {
  expect(() => readSettings({ ...env, SWARMSPAWNER_METRICS_TOKEN: token })).toThrow(words)
})

test('a monitor does not get the admin token', () => {
  const both = { SWARMSPAWNER_ADMIN_TOKEN: TOKEN, SWARMSPAWNER_METRICS_TOKEN: TOKEN }
  expect(() => readSettings({ ...env, ...both })).toThrow('this is the admin token')
})
