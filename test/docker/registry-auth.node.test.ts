import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import * as v from 'valibot'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DockerConfig, DockerConfigError } from '../../src/docker/docker-config.node.ts'
import { registryAuth } from '../../src/docker/registry-auth.node.ts'
import { registryOf } from '../../src/docker/registry-auth.ts'
import { temporaryDirectory } from '../support/listen.ts'

const HUB = 'https://index.docker.io/v1/'
const authFor = (config: unknown, image: string) =>
  registryAuth(v.parse(DockerConfig, config), image)
const decode = (header: string | undefined): unknown =>
  header === undefined ? undefined : JSON.parse(Buffer.from(header, 'base64url').toString())
const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each([
  ['ubuntu', HUB],
  ['ubuntu:24.04', HUB],
  ['jupyter/base-notebook:latest', HUB],
  ['docker.io/jupyter/base-notebook', HUB],
  ['ghcr.io/org/image:1', 'ghcr.io'],
  ['registry:5000/image', 'registry:5000'],
  ['localhost/image', 'localhost'],
  ['[2001:db8::1]:5000/image', '[2001:db8::1]:5000'],
  ['ghcr.io/org/image@sha256:0123', 'ghcr.io'],
])('the image %s is of the registry %s', (image, registry) => {
  expect(registryOf(image)).toBe(registry)
})

describe('credentials that are kept in config.json', () => {
  test('the user and password of config.json may be one encoded text', async () => {
    const config = { auths: { 'ghcr.io': { auth: base64('alice:pass:word') } } }
    expect(decode(await authFor(config, 'ghcr.io/org/image'))).toEqual({
      username: 'alice',
      password: 'pass:word',
      serveraddress: 'ghcr.io',
    })
  })

  test('the user and password of config.json may stand apart', async () => {
    const config = { auths: { 'ghcr.io': { username: 'alice', password: 'é' } } }
    expect(decode(await authFor(config, 'ghcr.io/org/image'))).toEqual({
      username: 'alice',
      password: 'é',
      serveraddress: 'ghcr.io',
    })
  })

  test('an identity token of config.json is sent alone', async () => {
    const config = { auths: { 'ghcr.io': { auth: base64('alice:'), identitytoken: 'token' } } }
    expect(decode(await authFor(config, 'ghcr.io/org/image'))).toEqual({
      identitytoken: 'token',
      serveraddress: 'ghcr.io',
    })
  })

  test.each(['ubuntu', 'alice/image:1', 'docker.io/alice/image'])(
    'the credentials of Docker Hub are found for %s',
    async (image) => {
      const config = { auths: { [HUB]: { auth: base64('alice:password') } } }
      expect(decode(await authFor(config, image))).toMatchObject({
        username: 'alice',
        serveraddress: HUB,
      })
    },
  )

  test('a registry in config.json may be written as an address', async () => {
    const config = { auths: { 'https://ghcr.io': { auth: base64('alice:password') } } }
    expect(decode(await authFor(config, 'ghcr.io/org/image'))).toMatchObject({ username: 'alice' })
  })

  test.each([
    {},
    { auths: {} },
    { auths: { 'quay.io': { auth: base64('alice:password') } } },
    { auths: { 'ghcr.io': {} } },
    { auths: { 'ghcr.io': { auth: base64('no colon') } } },
    { auths: { 'ghcr.io': { auth: '' } } },
  ])('the configuration %j has no credentials for ghcr.io', async (config) => {
    expect(await authFor(config, 'ghcr.io/org/image')).toBeUndefined()
  })

  test('the header of credentials is URL-safe and padded, as the Engine requires', async () => {
    const headers = ['?', '??', '???', '>>>>'].map((password) =>
      authFor({ auths: { 'ghcr.io': { username: 'ÿ~ü', password } } }, 'ghcr.io/x/y'),
    )
    for (const header of await Promise.all(headers)) {
      expect(header).toMatch(/^[\w-]+={0,2}$/)
      expect((header ?? '').length % 4).toBe(0)
    }
    expect((await Promise.all(headers)).some((header) => header?.endsWith('='))).toBe(true)
  })
})

describe('credential helpers', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  /** Puts a program `docker-credential-<name>` on the path; `$registry` is what it was asked for. */
  const installHelper = (name: string, script: string) => {
    const dir = temporaryDirectory()
    const file = join(dir, `docker-credential-${name}`)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    vi.stubEnv('PATH', `${dir}:${process.env['PATH']}`)
  }
  const answering = (user: string, secret: string) =>
    `[ "$1" = get ] || exit 9; read -r registry || true
    printf '{"ServerURL":"%s","Username":"${user}","Secret":"${secret}"}' "$registry"`

  test("the credential helper of a registry is asked with the registry's name", async () => {
    const config = { credHelpers: { 'ghcr.io': 'lab' }, credsStore: 'nosuch' }
    installHelper(
      'lab',
      `read -r registry || true; printf '{"Username":"alice","Secret":"for %s"}' "$registry"`,
    )
    expect(decode(await authFor(config, 'ghcr.io/org/image'))).toEqual({
      username: 'alice',
      password: 'for ghcr.io',
      serveraddress: 'ghcr.io',
    })
  })

  test('the credential store is asked for every other registry', async () => {
    installHelper('store', answering('alice', 'secret'))
    const config = { credHelpers: { 'quay.io': 'nosuch' }, credsStore: 'store' }
    expect(decode(await authFor(config, 'ubuntu'))).toEqual({
      username: 'alice',
      password: 'secret',
      serveraddress: HUB,
    })
  })

  test('a credential helper that says the user <token> means an identity token', async () => {
    installHelper('lab', answering('<token>', 'secret'))
    expect(decode(await authFor({ credsStore: 'lab' }, 'ghcr.io/org/image'))).toEqual({
      identitytoken: 'secret',
      serveraddress: 'ghcr.io',
    })
  })

  test('config.json is read if a credential helper knows nothing', async () => {
    installHelper('lab', "echo 'credentials not found in native keychain'; exit 1")
    const auths = { 'ghcr.io': { username: 'alice', password: 'password' } }
    expect(decode(await authFor({ auths, credsStore: 'lab' }, 'ghcr.io/org/image'))).toMatchObject({
      username: 'alice',
    })
    expect(await authFor({ credsStore: 'lab' }, 'ghcr.io/org/image')).toBeUndefined()
  })

  test.each([
    ['fails', 'echo canary-e44; exit 1'],
    ['answers no JSON', 'echo canary-e44'],
    ['answers without a secret', `echo '{"Username":"canary-e44"}'`],
    ['does not listen', 'exec <&-; exit 3'],
  ])('a credential helper that %s is named, and what it said is not told', async (_, script) => {
    installHelper('lab', script)
    const error = await authFor({ credsStore: 'lab' }, 'ghcr.io/org/image').catch((e: unknown) => e)
    expect(error).toBeInstanceOf(DockerConfigError)
    expect(String(error)).toMatch(/docker-credential-lab (failed|answered)/)
    expect(String(error)).not.toContain('canary')
  })

  test('credential helpers that never listen do no harm, however many there are', async () => {
    installHelper('lab', 'exec <&-; exit 3')
    const ask = () => authFor({ credsStore: 'lab' }, 'ghcr.io/org/image')
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, ask))
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  })

  test('a credential helper that is not installed is named', async () => {
    await expect(authFor({ credsStore: 'not-installed' }, 'ubuntu')).rejects.toThrow(
      /^docker-credential-not-installed failed: is it installed/,
    )
  })
})

test('the registry of an image does not depend on its tag or digest', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  const host = fc.constantFrom('ghcr.io', 'localhost', 'registry:5000', '[2001:db8::1]:5000')
  fc.assert(
    fc.property(
      host,
      fc.array(word, { minLength: 1, maxLength: 3 }),
      word,
      (registry, path, tag) => {
        const image = path.join('/')
        for (const suffix of ['', `:${tag}`, '@sha256:0123']) {
          expect(registryOf(`${registry}/${image}${suffix}`)).toBe(registry)
          expect(registryOf(`${image}${suffix}`)).toBe(HUB)
        }
      },
    ),
  )
})
