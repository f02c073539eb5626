import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { readRegistryLogins } from '../../../handlers/settings/registry-settings.ts'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { nodeRegistryAuth } from '../../../src/spawner/images/registry-logins.node.ts'
import { temporaryDirectory } from '../../support/listen.ts'

const userOf = (header: string | undefined): unknown =>
  header === undefined
    ? undefined
    : JSON.parse(Buffer.from(header, 'base64url').toString()).username
const login = (username: string) => ({ username, password: 'secret' })

/** Asks with a setting and the docker CLI's file, each with an `auths`, or with more. */
const asking = (setting: object | undefined, dockerCli: object = {}) => {
  const DOCKER_CONFIG = temporaryDirectory()
  writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify(dockerCli))
  const env = {
    DOCKER_CONFIG,
    ...(setting && { SWARMSPAWNER_REGISTRY_AUTH: JSON.stringify(setting) }),
  }
  return nodeRegistryAuth(env, readRegistryLogins(env))
}
const failing = async (asked: Promise<unknown>): Promise<unknown> => asked.catch((e: unknown) => e)

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('where the service finds the credentials for an image', () => {
  test('the setting wins over the docker CLI for the registries that it names', async () => {
    const auths = { 'ghcr.io': login('cli'), 'quay.io': login('cli') }
    const auth = asking({ auths: { 'ghcr.io': login('setting') } }, { auths })
    expect(userOf(await auth('ghcr.io/org/a'))).toBe('setting')
    expect(userOf(await auth('quay.io/org/a'))).toBe('cli')
    expect(await auth('gcr.io/org/a')).toBeUndefined()
  })

  test('a file is read again each time, and counts at once when it is replaced', async () => {
    const file = join(temporaryDirectory(), 'registry-auth')
    const write = (name: string) =>
      writeFileSync(file, JSON.stringify({ auths: { 'ghcr.io': login(name) } }))
    write('old')
    const env = { DOCKER_CONFIG: temporaryDirectory(), SWARMSPAWNER_REGISTRY_AUTH_FILE: file }
    const auth = nodeRegistryAuth(
      env,
      readRegistryLogins(env, (path) => readFileSync(path, 'utf8')),
    )
    expect(userOf(await auth('ghcr.io/a/b'))).toBe('old')
    write('new')
    expect(userOf(await auth('ghcr.io/a/b'))).toBe('new')
    writeFileSync(file, '{"auths": {"ghcr.io": "canary-5e1"}}')
    const error = await failing(auth('ghcr.io/a/b'))
    expect(error).toBeInstanceOf(SpawnError)
    expect(error).toMatchObject({ code: 'registry_credentials' })
    expect(String(error)).toMatch(/SWARMSPAWNER_REGISTRY_AUTH_FILE: "auths.ghcr.io" is not as/)
    expect(String(error)).not.toContain('canary')
  })

  test('a credential helper that the setting names is named in the refusal, with what to write instead', async () => {
    const auth = asking({
      auths: { 'ghcr.io': login('setting'), 'quay.io': {} },
      credsStore: 'desktop',
      credHelpers: { 'gcr.io': 'gcloud' },
    })
    expect(userOf(await auth('ghcr.io/a/b'))).toBe('setting')
    expect(await failing(auth('quay.io/a/b'))).toMatchObject({
      code: 'registry_credentials',
      message:
        'SWARMSPAWNER_REGISTRY_AUTH: the credentials of quay.io are kept by docker-credential-desktop, which cannot run in the service. Write them into it instead: {"auths": {"quay.io": {"username": "…", "password": "…"}}}',
    })
    expect(await failing(auth('gcr.io/a/b'))).toMatchObject({
      message: expect.stringContaining('gcr.io are kept by docker-credential-gcloud'),
    })
    // The helper of all registries does not make an image private that needs no credentials.
    expect(await auth('public.example/a/b')).toBeUndefined()
  })

  test("a credential helper of the docker CLI's file that cannot run is named in the refusal", async () => {
    const auth = asking(undefined, { credHelpers: { 'ghcr.io': 'not-installed' } })
    expect(await failing(auth('ghcr.io/a/b'))).toMatchObject({
      code: 'registry_credentials',
      message: expect.stringMatching(/^docker-credential-not-installed failed: is it installed/),
    })
  })

  test("the setting's credentials are used, and the docker CLI's helper is not asked", async () => {
    const dir = temporaryDirectory()
    const asked = join(dir, 'asked')
    writeFileSync(join(dir, 'docker-credential-lab'), `#!/bin/sh\ntouch ${asked}\nexit 1\n`)
    chmodSync(join(dir, 'docker-credential-lab'), 0o755)
    vi.stubEnv('PATH', `${dir}:${process.env['PATH']}`)
    const auth = asking({ auths: { 'ghcr.io': login('setting') } }, { credsStore: 'lab' })
    expect(userOf(await auth('ghcr.io/a/b'))).toBe('setting')
    expect(existsSync(asked)).toBe(false)
  })
})
