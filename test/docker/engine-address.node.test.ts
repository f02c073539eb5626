import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DockerConfigError } from '../../src/docker/docker-config.node.ts'
import { engineAddresses } from '../../src/docker/engine-address.node.ts'
import { temporaryDirectory } from '../support/listen.ts'

type Env = Record<string, string>

const nothing = (): Env => ({ DOCKER_CONFIG: temporaryDirectory() })
const addressesOf = (env: Env) => engineAddresses({ ...nothing(), ...env }).addresses

const certificates = (...files: string[]): string => {
  const dir = temporaryDirectory()
  for (const file of files) writeFileSync(join(dir, file), `the ${file}`)
  return dir
}
const PEM = { ca: 'the ca.pem', cert: 'the cert.pem', key: 'the key.pem' }
const ALL = ['ca.pem', 'cert.pem', 'key.pem']

test('the Engine is at the default socket if nothing is said', () => {
  expect(engineAddresses(nothing())).toEqual({
    addresses: [{ host: 'unix:///var/run/docker.sock' }],
    from: 'the default socket',
  })
})

describe('DOCKER_HOST', () => {
  test.each([
    ['unix:///run/user/1000/docker.sock', 'unix:///run/user/1000/docker.sock'],
    ['tcp://192.0.2.1:2375', 'tcp://192.0.2.1:2375'],
    ['tcp://192.0.2.1', 'tcp://192.0.2.1:2375'],
    ['192.0.2.1:4243', 'tcp://192.0.2.1:4243'],
    ['manager.example', 'tcp://manager.example:2375'],
    ['manager', 'tcp://manager:2375'],
    ['tcp://[2001:db8::1]', 'tcp://[2001:db8::1]:2375'],
    ['http://192.0.2.1:8080', 'http://192.0.2.1:8080'],
    ['https://manager.example', 'https://manager.example'],
  ])('DOCKER_HOST %s is the address %s', (given, host) => {
    expect(engineAddresses({ ...nothing(), DOCKER_HOST: given })).toEqual({
      addresses: [{ host }],
      from: 'DOCKER_HOST',
    })
  })

  test.each(['a:1,b:2', 'a:1 b:2', 'a:1, b:2', ' a:1 ,\n b:2, '])(
    'DOCKER_HOST %j names two managers',
    (given) => {
      expect(addressesOf({ DOCKER_HOST: given })).toEqual([
        { host: 'tcp://a:1' },
        { host: 'tcp://b:2' },
      ])
    },
  )

  test.each(['', ' ', ','])('DOCKER_HOST %j says nothing', (given) => {
    expect(addressesOf({ DOCKER_HOST: given })).toEqual([{ host: 'unix:///var/run/docker.sock' }])
  })

  test('DOCKER_HOST with ssh is refused, with another way to go', () => {
    expect(() => addressesOf({ DOCKER_HOST: 'ssh://me@manager' })).toThrow(/ssh -L/)
  })

  test.each([
    'npipe:////./pipe/docker_engine',
    'fd://',
    'tcp://',
    'unix://',
    'unix://docker.sock',
    'tcp://a:port',
    'ftp://a',
  ])('DOCKER_HOST %s is refused', (given) => {
    expect(() => addressesOf({ DOCKER_HOST: given })).toThrow(/can't be used: write unix:/)
  })
})

describe('TLS', () => {
  const DOCKER_HOST = 'tcp://192.0.2.1'

  test('DOCKER_TLS_VERIFY takes the files of DOCKER_CERT_PATH, and port 2376', () => {
    const env = { DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates(...ALL) }
    expect(addressesOf(env)).toEqual([
      { host: 'tcp://192.0.2.1:2376', tls: { ...PEM, skipVerify: false } },
    ])
  })

  test('a port that is given stays with TLS', () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates(...ALL) }
    const [address] = addressesOf({ ...env, DOCKER_HOST: 'tcp://192.0.2.1:2375' })
    expect(address.host).toBe('tcp://192.0.2.1:2375')
  })

  test('DOCKER_TLS alone trusts any Engine', () => {
    const env = { DOCKER_HOST, DOCKER_TLS: '1', DOCKER_CERT_PATH: certificates() }
    expect(addressesOf(env)).toEqual([{ host: 'tcp://192.0.2.1:2376', tls: { skipVerify: true } }])
  })

  test('without DOCKER_CERT_PATH the files of TLS are beside config.json', () => {
    const env = { DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: certificates(...ALL) }
    expect(addressesOf(env)[0].tls).toEqual({ ...PEM, skipVerify: false })
  })

  test('a client of TLS may have no certificate', () => {
    const env = { DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates('ca.pem') }
    expect(addressesOf(env)[0].tls).toEqual({ ca: PEM.ca, skipVerify: false })
  })

  test('TLS without ca.pem has nothing to verify with', () => {
    const env = { DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates('cert.pem') }
    expect(() => addressesOf(env)).toThrow(/ca\.pem is missing: DOCKER_TLS_VERIFY needs it/)
  })

  test('certificates without DOCKER_TLS or DOCKER_TLS_VERIFY mean nothing', () => {
    const env = { DOCKER_HOST, DOCKER_CERT_PATH: certificates(...ALL) }
    expect(addressesOf(env)).toEqual([{ host: 'tcp://192.0.2.1:2375' }])
  })

  test('a unix socket has no TLS', () => {
    const env = { DOCKER_HOST: 'unix:///x.sock', DOCKER_TLS_VERIFY: '1' }
    expect(addressesOf(env)).toEqual([{ host: 'unix:///x.sock' }])
  })
})

describe('contexts', () => {
  const idOf = (name: string) => createHash('sha256').update(name).digest('hex')
  const withContext = (name: string, meta: string, files: string[] = []): Env => {
    const dir = temporaryDirectory()
    const metaDir = join(dir, 'contexts/meta', idOf(name))
    const tlsDir = join(dir, 'contexts/tls', idOf(name), 'docker')
    mkdirSync(metaDir, { recursive: true })
    mkdirSync(tlsDir, { recursive: true })
    writeFileSync(join(metaDir, 'meta.json'), meta)
    for (const file of files) writeFileSync(join(tlsDir, file), `the ${file}`)
    return { DOCKER_CONFIG: dir }
  }
  const metaOf = (docker: object) =>
    JSON.stringify({ Name: 'lab', Metadata: {}, Endpoints: { docker } })
  const plain = metaOf({ Host: 'tcp://192.0.2.7:2375', SkipTLSVerify: false })
  const current = (env: Env, name: string): Env => {
    writeFileSync(
      join(env['DOCKER_CONFIG'] ?? '', 'config.json'),
      JSON.stringify({ currentContext: name }),
    )
    return env
  }

  test('DOCKER_CONTEXT names the context', () => {
    const env = { ...withContext('lab', plain), DOCKER_CONTEXT: 'lab' }
    expect(engineAddresses(env)).toEqual({
      addresses: [{ host: 'tcp://192.0.2.7:2375' }],
      from: 'the docker context "lab"',
    })
  })

  test('the current context of config.json is used', () => {
    const env = current(withContext('lab', plain), 'lab')
    expect(engineAddresses(env).from).toBe('the docker context "lab"')
  })

  test('DOCKER_CONTEXT wins over the current context', () => {
    const env = { ...current(withContext('lab', plain), 'nosuch'), DOCKER_CONTEXT: 'lab' }
    expect(addressesOf(env)).toEqual([{ host: 'tcp://192.0.2.7:2375' }])
  })

  test('DOCKER_HOST wins over both contexts', () => {
    const env = { ...current(withContext('lab', plain), 'lab'), DOCKER_CONTEXT: 'lab' }
    expect(addressesOf({ ...env, DOCKER_HOST: 'a:1' })).toEqual([{ host: 'tcp://a:1' }])
  })

  test('the context called default is the default socket', () => {
    const env = current(withContext('lab', plain), 'lab')
    expect(addressesOf({ ...env, DOCKER_CONTEXT: 'default' })).toEqual([
      { host: 'unix:///var/run/docker.sock' },
    ])
  })

  test('the TLS files of a context make it TLS, whatever the environment says', () => {
    const meta = metaOf({ Host: 'tcp://192.0.2.7', SkipTLSVerify: false })
    const env = {
      ...withContext('lab', meta, ALL),
      DOCKER_CONTEXT: 'lab',
      DOCKER_CERT_PATH: '/nowhere',
    }
    expect(addressesOf(env)).toEqual([
      { host: 'tcp://192.0.2.7:2376', tls: { ...PEM, skipVerify: false } },
    ])
  })

  test('a context that does not verify is TLS without files too', () => {
    const meta = metaOf({ Host: 'tcp://192.0.2.7:2376', SkipTLSVerify: true })
    const env = { ...withContext('lab', meta), DOCKER_CONTEXT: 'lab' }
    expect(addressesOf(env)[0].tls).toEqual({ skipVerify: true })
  })

  test('a context without a host is the default socket', () => {
    const env = { ...withContext('lab', metaOf({})), DOCKER_CONTEXT: 'lab' }
    expect(addressesOf(env)).toEqual([{ host: 'unix:///var/run/docker.sock' }])
  })

  test('a context over ssh is refused, with another way to go', () => {
    const env = {
      ...withContext('lab', metaOf({ Host: 'ssh://me@manager' })),
      DOCKER_CONTEXT: 'lab',
    }
    expect(() => addressesOf(env)).toThrow(/ssh -L/)
  })

  test('an unknown context is an error that names it', () => {
    expect(() => addressesOf({ DOCKER_CONTEXT: 'nosuch' })).toThrow(
      /^The docker context "nosuch" does not exist/,
    )
  })

  test.each([
    '{"Endpoints": "canary-2c9',
    '{"Endpoints": {"docker": "canary-2c9"}}',
    '{"canary-2c9": 1}',
  ])('the broken context file %j is named and not quoted', (meta) => {
    const env = { ...withContext('lab', meta), DOCKER_CONTEXT: 'lab' }
    expect(() => addressesOf(env)).toThrow(/meta\.json: /)
    expect(() => addressesOf(env)).not.toThrow(/canary/)
  })
})

test('any DOCKER_HOST is addresses that can be parsed, or a refusal that says what to write', () => {
  const part = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.ipV4(),
    fc.ipV6().map((ip) => `tcp://[${ip}]`),
    fc.constantFrom(
      'unix://',
      'unix:///x y',
      'tcp://',
      'tcp://a:0',
      'ssh://a',
      '://',
      'tcp://a:99999',
    ),
  )
  const env = nothing()
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (hosts) => {
      try {
        for (const { host } of engineAddresses({ ...env, DOCKER_HOST: hosts.join() }).addresses)
          expect(['unix:', 'tcp:', 'http:', 'https:']).toContain(new URL(host).protocol)
      } catch (error) {
        if (!(error instanceof DockerConfigError)) throw error
        expect(error.message).toContain("can't be used: write unix:///path")
      }
    }),
  )
})
