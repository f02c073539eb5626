import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import {
  authHeader,
  findLogin,
  RegistryLogins,
  registryOf,
} from '../../src/docker/registry-auth.ts'

const HUB = 'https://index.docker.io/v1/'
const find = (logins: object, registry: string) =>
  findLogin(v.parse(RegistryLogins, logins), registry)
const login = { username: 'alice', password: 'secret' }

describe('the credentials that logins have for a registry', () => {
  test.each([
    HUB,
    'https://index.docker.io/v1',
    'docker.io',
    'index.docker.io',
    'registry-1.docker.io',
    'https://registry-1.docker.io/v2/',
    'Docker.io:443',
  ])('the credentials under %s are those of Docker Hub', (key) => {
    for (const image of [
      'ubuntu',
      'lab/notebook:1',
      'docker.io/lab/notebook',
      'index.docker.io/a/b',
    ])
      expect(find({ auths: { [key]: login } }, registryOf(image)).stored).toEqual(login)
    expect(find({ auths: { [key]: login } }, 'ghcr.io')).toMatchObject({ isNamed: false })
  })

  test('the exact key of a registry wins over its other spellings', () => {
    const other = { username: 'bob', password: 'other' }
    expect(find({ auths: { 'docker.io': other, [HUB]: login } }, HUB).stored).toEqual(login)
  })

  test('an entry without credentials does not hide another spelling that has some', () => {
    expect(find({ auths: { [HUB]: {}, 'docker.io': login } }, HUB).stored).toEqual(login)
  })

  test('each registry has its own credentials, also on two ports of one host', () => {
    const other = { username: 'bob', password: 'other' }
    const auths = { 'r.example:5000': login, 'r.example:5001': other }
    expect(find({ auths }, 'r.example:5000').stored).toEqual(login)
    expect(find({ auths }, 'r.example:5001').stored).toEqual(other)
    expect(find({ auths }, 'r.example').stored).toBeUndefined()
  })

  test.each(['not base64: %', 'YWxpY2U', '', '=', 'é'])(
    'an auth of %j that is no user with a password is none',
    (auth) => {
      expect(find({ auths: { 'ghcr.io': { auth } } }, 'ghcr.io')).toMatchObject({
        stored: undefined,
        isNamed: true,
      })
    },
  )

  test('a helper of the registry is named before the helper of all registries', () => {
    const logins = { credsStore: 'desktop', credHelpers: { 'gcr.io': 'gcloud' } }
    expect(find(logins, 'gcr.io')).toMatchObject({ helper: 'gcloud', isNamed: true })
    expect(find(logins, 'ghcr.io')).toMatchObject({ helper: 'desktop', isNamed: false })
  })
})

test('credentials are read and written without Buffer, which some platforms do not have', () => {
  const auth = Buffer.from('é:pass:wörd').toString('base64url')
  vi.stubGlobal('Buffer', undefined)
  const { stored } = find({ auths: { 'ghcr.io': { auth } } }, 'ghcr.io')
  const header = stored && authHeader(stored, 'ghcr.io')
  vi.unstubAllGlobals()
  expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toEqual({
    username: 'é',
    password: 'pass:wörd',
    serveraddress: 'ghcr.io',
  })
})
