import { describe, expect, test } from 'vitest'
import { readSettings } from '../../../handlers/settings/service-settings.ts'
import { edgeSettings } from '../../../lab/edge/edge-settings.ts'
import { SECRETS } from '../../support/test-hub.ts'

const dockerHost = 'tcp://127.0.0.1:2375'

describe('a local edge', () => {
  test('a local edge has a secret and an admin token of its own, which the service takes', () => {
    const settings = edgeSettings({ PATH: '/bin' }, dockerHost)
    expect(Object.keys(settings)).not.toContain('PATH')
    expect(readSettings(settings)).toMatchObject({ hubs: [{ hub: 'default' }] })
    expect(settings['SWARMSPAWNER_ADMIN_TOKEN']).toHaveLength(32)
  })

  test('a local edge takes the secret and token of the environment, and the Engine that is named there', () => {
    const env = {
      DOCKER_HOST: 'https://engine.example:2376',
      SWARMSPAWNER_HUBS: `physics=${SECRETS.default}`,
      SWARMSPAWNER_ADMIN_TOKEN: 'given',
    }
    expect(edgeSettings(env)).toEqual(env)
  })

  test.each([
    [{ DOCKER_HOST: 'unix:///var/run/docker.sock' }, 'workerd serve deploy/edge/workerd.capnp'],
    [{ DOCKER_HOST: dockerHost, SWARMSPAWNER_POLICY: '{"a":\n1}' }, 'SWARMSPAWNER_POLICY has'],
  ])('a local edge says what to do if it cannot have its settings: %j', (env, words) => {
    expect(() => edgeSettings(env)).toThrow(words)
  })
})
