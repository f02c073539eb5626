import { describe, expect, test } from 'vitest'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import { readRegistryLogins } from '../../../handlers/settings/registry-settings.ts'

const NAME = 'SWARMSPAWNER_REGISTRY_AUTH'
const read = (text: string) => readRegistryLogins({ [NAME]: text })
const readAsFile = (text: string) =>
  readRegistryLogins({ [`${NAME}_FILE`]: '/run/secrets/registry-auth' }, () => text)
const error = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (thrown) {
    return thrown
  }
}

describe('the registry credentials of the service', () => {
  test('the registry credentials may be absent', () => {
    expect(readRegistryLogins({})).toBeUndefined()
    expect(readRegistryLogins({ [NAME]: '' })).toBeUndefined()
  })

  test('the config.json of docker login is taken as it is, from the variable and from a file', () => {
    const config = {
      auths: { 'ghcr.io': { auth: btoa('alice:secret') } },
      HttpHeaders: { 'User-Agent': 'Docker-Client/20.10.24' },
      currentContext: 'lab',
    }
    const text = `${JSON.stringify(config, null, '\t')}\n`
    const { auths } = config
    expect(read(text)?.from).toBe(NAME)
    expect(read(text)?.read()).toMatchObject({ auths })
    expect(readAsFile(text)?.from).toBe(`${NAME}_FILE`)
    expect(readAsFile(text)?.read()).toMatchObject({ auths })
  })

  test.each([
    ['canary-7f2', 'not a JSON object'],
    ['', 'not a JSON object'],
    ['"canary-7f2"', 'not a JSON object'],
    ['["canary-7f2"]', 'it has no credentials'],
    ['null', 'not a JSON object'],
    ['{"auths": "canary-7f2"}', '"auths" is not as expected'],
    ['{"auths": {"ghcr.io": {"password": ["canary-7f2"]}}}', '"auths.ghcr.io.password" is not as'],
    ['{"credHelpers": {"ghcr.io": 5}}', '"credHelpers.ghcr.io" is not as expected'],
    ['{}', 'it has no credentials; write {"auths": {"ghcr.io": '],
    ['{"auths": {}}', 'it has no credentials'],
    ['{"ghcr.io": {"auth": "canary-7f2"}}', 'it has no credentials'],
    ['{"auths": {"ghcr.io": {"auth": "canary-7f2"}}}', 'it has no credentials'],
    ['{"auths": {"ghcr.io": {}}, "credsStore": "desktop"}', 'kept by docker-credential-desktop'],
    ['{"credHelpers": {"ghcr.io": "pass"}}', 'kept by docker-credential-pass'],
  ])('the registry credentials %j are refused, and only the fields are named', (text, words) => {
    const refused = error(() => readAsFile(text))
    expect(refused).toBeInstanceOf(EnvError)
    expect(String(refused)).toMatch(/^EnvError: SWARMSPAWNER_REGISTRY_AUTH_FILE: /)
    expect(String(refused)).toContain(words)
    expect(String(refused)).not.toContain('canary')
    expect(refused).not.toHaveProperty('cause')
  })

  test('a helper beside credentials is no reason to refuse the setting', () => {
    const auths = { 'ghcr.io': { username: 'alice', password: 'secret' } }
    expect(
      read(JSON.stringify({ auths, credHelpers: { 'gcr.io': 'gcloud' } }))?.read(),
    ).toMatchObject({ auths })
  })

  test('a platform without files says so', () => {
    expect(() => readRegistryLogins({ [`${NAME}_FILE`]: '/run/secrets/a' })).toThrow(
      /^SWARMSPAWNER_REGISTRY_AUTH_FILE: this platform has no files/,
    )
  })
})
