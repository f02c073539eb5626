import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import type { Check } from '../../cli/check.ts'
import { checkCredentials, checkImage } from '../../cli/doctor-image.ts'
import { readFixture } from '../../fixtures/fixture.ts'
import { connectDocker } from '../../src/docker/docker.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { RECORDED_REGISTRIES, registryAnswers } from '../support/registry-answers.ts'
import { responseOf, setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const image = '127.0.0.1:5001/team/notebook:1'
/** The registries of the recordings that were not made at that address. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'no-auth': '127.0.0.1:5000',
  'registry-down': '127.0.0.1:5000',
  'no-such-host': 'registry.example',
  'self-signed': '192.0.2.10:5002',
  'plain-http': '192.0.2.10:5003',
}
const env = { DOCKER_CONFIG: '/nonexistent' }
const loggedIn = {
  ...env,
  SWARMSPAWNER_REGISTRY_AUTH: JSON.stringify({
    auths: { '127.0.0.1:5001': { username: 'lab', password: 'secret' } },
  }),
}

/** What a real registry, or something in its place, made the Engine answer; and the sentence of doctor. */
const SENTENCES: Readonly<Record<string, RegExp>> = {
  '200': /^the registry 127\.0\.0\.1:5001 has it: sha256:\w{12}…, for linux\/amd64$/,
  '404': /^the registry 127\.0\.0\.1:5001 has no tag 1 of team\/notebook \(manifest unknown: /,
  'name-unknown': /has no repository team\/notebook \(name unknown\)$/,
  'no-auth': /needs credentials, and the service has none for it \(Head ".*no basic auth/,
  denied: /needs credentials, and the service has none for it \(denied: requested access is denied/,
  'registry-down': /refuses the connection: nothing listens at its port \(Get /,
  'no-such-host':
    /is not found: the Engine's DNS does not know its name \(Get "https:\/\/registry\./,
  'hangs-up': /hangs up without an answer \(Get ".*EOF\)$/,
  'self-signed':
    /has a certificate that the Engine does not trust \(.*signed by unknown authority\)$/,
  'plain-http': /speaks plain HTTP, and the Engine expects TLS \(/,
  html: /answers with a web page: it is no registry \(error unmarshalling/,
  'html-not-found': /answers with a web page: it is no registry \(.*Sign in/,
  'html-forbidden': /answers with a web page: it is no registry \(.*Sign in/,
  'token-html': /answers with a web page: it is no registry \(/,
  'redirect-loop': /sends the Engine from one address to the next, without an end \(/,
  'redirect-elsewhere': /:5001 leads to 127\.0\.0\.1:9, which refuses the connection: nothing/,
  nonsense:
    /answers nonsense: it is no registry, or a broken one \(unexpected end of JSON input\)$/,
  'no-manifest': /answers nonsense: .* \(missing signature key\)$/,
  'digest-malformed': /answers nonsense: .* \(invalid checksum digest length\)$/,
  'rate-limit': /gives no more for now \(toomanyrequests: /,
  'registry-fails': /has an error of its own \(received unexpected HTTP status: 500 /,
  'only-arm':
    /^the registry 127\.0\.0\.1:5001 has it: .*, for linux\/arm64, but no node can run linux\/arm64$/,
}

describe.each(RECORDED_REGISTRIES)('doctor about an image, on Engine %s', (version) => {
  const answers = registryAnswers(version)
  const answering = (name: string) => {
    engine.replay(version, 'node-list.200')
    engine.use(
      http.get('*/images/*/json', () => responseOf(readFixture(version, 'image-inspect.404'))),
      http.get('*/distribution/*', () => answers.get(name)?.()),
    )
  }

  test('each recorded answer has its sentence', () => {
    expect(Object.keys(SENTENCES).sort()).toEqual(
      [...answers.keys()].filter((name) => name !== 'wrong-auth').sort(),
    )
  })

  test.each(Object.entries(SENTENCES))(
    'doctor says in words what the registry answered: %s',
    async (name, sentence) => {
      answering(name)
      const asked = `${ELSEWHERE[name] ?? '127.0.0.1:5001'}/team/notebook:1`
      const { level, message, advice } = await checkImage(env, engine.docker(version), asked)
      expect(message).toMatch(sentence)
      expect(level).toBe(name === '200' ? 'ok' : 'fail')
      if (level === 'fail') expect(advice).toMatch(/^[A-Z].{20,}/)
    },
  )

  test('doctor tells credentials that are refused from credentials that are missing', async () => {
    for (const name of ['wrong-auth', 'denied']) {
      answering(name)
      const told = await checkImage(loggedIn, engine.docker(version), image)
      expect(told).toMatchObject({
        level: 'fail',
        message: expect.stringMatching(
          /^the registry 127\.0\.0\.1:5001 refuses the credentials of the service \(/,
        ),
        advice: expect.stringContaining('Check the user and password'),
      })
    }
    const seen = await engine.lastRequest()
    expect(seen.headers).toHaveProperty('x-registry-auth')
    answering('wrong-auth')
    const { advice } = await checkImage(env, engine.docker(version), image)
    expect(advice).toMatch(/^Give the service credentials for it: SWARMSPAWNER_REGISTRY_AUTH_FILE/)
  })
})

const all = async (checks: AsyncIterable<Check>): Promise<Check[]> => {
  const found: Check[] = []
  for await (const one of checks) found.push(one)
  return found
}

describe('doctor about an image', () => {
  const onlyNode = { 'images/*/json': 'image-inspect.200' }
  const docker = () => engine.docker('28.5')
  const here = () => {
    engine.replay('28.5', 'node-list.200')
    for (const [path, name] of Object.entries(onlyNode))
      engine.use(http.get(`*/${path}`, () => responseOf(readFixture('28.5', name))))
  }

  test('doctor waits two seconds for a registry that hangs, and says so', async () => {
    engine.replay('28.5', 'node-list.200')
    engine.use(
      http.get('*/images/*/json', () => responseOf(readFixture('28.5', 'image-inspect.404'))),
      http.get('*/distribution/*', () => new Promise<Response>(() => {})),
    )
    expect(await checkImage(env, docker(), image)).toMatchObject({
      level: 'fail',
      message: 'the registry 127.0.0.1:5001 has not answered within 2 s',
      advice: expect.stringMatching(
        /^A start waits as long, and then goes on with the tag as it is/,
      ),
    })
  })

  test('an image that the only node has needs no registry, and doctor says what it answered', async () => {
    here()
    engine.use(
      http.get('*/distribution/*', () =>
        responseOf(readFixture('28.5', 'distribution-inspect.404')),
      ),
    )
    expect(await checkImage(env, docker(), image)).toMatchObject({
      level: 'ok',
      message: expect.stringMatching(
        /^is on this node, the only one that takes tasks\. For others: the registry .* has no tag 1/,
      ),
    })
  })

  test('an image that one of two nodes has, and the registry does not, is a warning', async () => {
    const { docker: two } = { docker: connectDocker(createEmbeddedEngine({ nodes: 2 }).transport) }
    expect(await checkImage(env, two, 'demo/notebook:1')).toMatchObject({ level: 'ok' })
    here()
    engine.use(
      http.get('*/nodes', () => responseOf(readFixture('28.5', 'node-list.two.200'))),
      http.get('*/distribution/*', () =>
        responseOf(readFixture('28.5', 'distribution-inspect.404')),
      ),
    )
    expect(await checkImage(env, docker(), image)).toMatchObject({
      level: 'warn',
      message: expect.stringMatching(
        /^is on this node, but other nodes cannot get it: the registry/,
      ),
    })
  })

  test('an Engine that cannot be asked is told as such, and not as a registry', async () => {
    engine.replay('28.5', 'node-list.200')
    engine.use(
      http.get('*/images/*/json', () => responseOf(readFixture('28.5', 'image-inspect.404'))),
      http.get('*/distribution/*', () => Response.error()),
    )
    const { level, message } = await checkImage(env, docker(), image)
    expect(level).toBe('fail')
    expect(message).not.toContain('the registry')
  })

  test('credentials that a helper keeps are told with the name of the helper', async () => {
    const helped = {
      ...env,
      SWARMSPAWNER_REGISTRY_AUTH:
        '{"auths": {"a.example": {"username": "u", "password": "p"}, "127.0.0.1:5001": {}}, "credsStore": "desktop"}',
    }
    here()
    expect(await checkImage(helped, docker(), image)).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('127.0.0.1:5001 are kept by docker-credential-desktop'),
    })
    const checks = await all(checkCredentials(helped))
    expect(checks).toMatchObject([
      {
        level: 'warn',
        name: 'registry credentials',
        message: 'for a.example (SWARMSPAWNER_REGISTRY_AUTH), but not for 127.0.0.1:5001',
      },
    ])
    expect(await all(checkCredentials(env))).toEqual([])
    expect(await all(checkCredentials(loggedIn))).toMatchObject([
      { level: 'ok', message: 'for 127.0.0.1:5001 (SWARMSPAWNER_REGISTRY_AUTH)' },
    ])
  })

  test.each(['Lab/Notebook:1', 'lab/notebook:', 'http://r.example/a', ''])(
    'nobody is asked about %j, which is no name of an image',
    async (name) => {
      expect(await checkImage(env, docker(), name)).toMatchObject({
        level: 'fail',
        message: 'is no name of an image that every Engine takes',
      })
      expect(await engine.requests()).toEqual([])
    },
  )

  test('no registry is asked for the id of an image', async () => {
    here()
    expect(await checkImage(env, docker(), `sha256:${'a'.repeat(64)}`)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('is the id of an image on this node'),
    })
  })
})
