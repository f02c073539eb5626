import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Check } from '../../cli/check.ts'
import { checkNeighbours, checkSettings } from '../../cli/doctor-exposure.ts'
import { connectDocker, type Docker } from '../../src/docker/docker.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { type Authority, createAuthority } from '../support/certificates.ts'
import { collect } from '../support/collect.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { SECRETS } from '../support/test-hub.ts'

const secret = { SWARMSPAWNER_SECRET: SECRETS.default }

const checked = async (env: Record<string, string>, name: string): Promise<Check | undefined> => {
  const checks = await collect(checkSettings({ ...secret, ...env }))
  return checks.find((one) => one.name === name)
}

describe('the admin token', () => {
  test('the admin token may be missing or long; doctor tells of a short one, and does not show it', async () => {
    expect(await checked({}, 'admin token')).toMatchObject({ level: 'ok' })
    const long = { SWARMSPAWNER_ADMIN_TOKEN: '0123456789abcdef'.repeat(2) }
    expect(await checked(long, 'admin token')).toMatchObject({ level: 'ok' })
    const token = 'hunter2-hunter2-h'
    const short = await checked({ SWARMSPAWNER_ADMIN_TOKEN: token }, 'admin token')
    expect(short).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('17 characters'),
    })
    const refused = await checked({ SWARMSPAWNER_ADMIN_TOKEN: 'hunter2' }, 'admin token')
    expect(refused).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('openssl rand -hex 16'),
    })
    expect(JSON.stringify([short, refused])).not.toContain('hunter2')
  })
})

test('a policy that is not set is told, and one that cannot be used fails', async () => {
  expect(await checked({}, 'policy')).toMatchObject({ level: 'warn' })
  expect(await checked({ SWARMSPAWNER_POLICY: '/none.json' }, 'policy')).toMatchObject({
    level: 'fail',
  })
})

describe('the transport', () => {
  let authority: Authority
  beforeAll(() => {
    authority = createAuthority()
  })
  afterAll(() => authority.remove())

  const certificate = (days: number) => {
    const dir = temporaryDirectory()
    const { cert, key } = authority.issue({ days })
    writeFileSync(join(dir, 'c.pem'), cert)
    writeFileSync(join(dir, 'k.pem'), key)
    return {
      HOST: '0.0.0.0',
      SWARMSPAWNER_TLS_CERT: join(dir, 'c.pem'),
      SWARMSPAWNER_TLS_KEY: join(dir, 'k.pem'),
    }
  }

  test.each([
    ['is the loopback', {}, 'ok', 'loopback'],
    ['is open without TLS', { HOST: '0.0.0.0' }, 'fail', 'SWARMSPAWNER_TLS_CERT'],
    [
      'is plain HTTP on a network',
      { HOST: '0.0.0.0', SWARMSPAWNER_PLAIN_HTTP: 'control' },
      'warn',
      'plain HTTP on the network control',
    ],
  ])('the transport %s', async (_, env: Record<string, string>, level, words) => {
    const message = expect.stringContaining(words)
    expect(await checked(env, 'transport')).toMatchObject({ level, message })
  })

  test('doctor says whether the certificate of TLS is good for a while, or not for long', async () => {
    expect(await checked(certificate(90), 'transport')).toMatchObject({ level: 'ok' })
    expect(await checked(certificate(2), 'transport')).toMatchObject({ level: 'warn' })
  })
})

describe('neighbours', () => {
  const ID = '0123456789ab'.padEnd(64, 'c')
  /** An Engine that knows our container, in these networks, and one notebook, in the network `servers`. */
  const engineOf = (networks: Record<string, string> | undefined) => {
    const answers: Record<string, unknown> = {
      '/tasks': [],
      '/services': [
        {
          ID: 'service1',
          Version: { Index: 1 },
          CreatedAt: '',
          UpdatedAt: '',
          Spec: { Name: 'notebook', TaskTemplate: { Networks: [{ Target: 'servers-id' }] } },
        },
      ],
      '/networks/other': { Id: 'other-id', Name: 'other', Scope: 'swarm', Driver: 'overlay' },
      ...(networks && {
        [`/containers/${ID}/json`]: {
          Id: ID,
          NetworkSettings: {
            Networks: Object.fromEntries(
              Object.entries(networks).map(([name, NetworkID]) => [name, { NetworkID }]),
            ),
          },
        },
      }),
    }
    const transport: EngineTransport = async ({ path }) => {
      const answer = answers[path.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '')]
      const isPing = path === '/_ping'
      const body = isPing ? 'OK' : JSON.stringify(answer ?? { message: 'No such container' })
      return {
        status: isPing || answer ? 200 : 404,
        header: (name) => (name === 'api-version' ? '1.47' : undefined),
        body: (async function* () {
          yield Buffer.from(body)
        })(),
      }
    }
    return connectDocker(transport)
  }
  const container = { ids: [ID], interfaces: () => '' }
  const check = (env: Record<string, string>, docker: Docker, named: string[] = []) =>
    checkNeighbours(env, docker, named, container)
  const outside = { ...secret, HOST: '0.0.0.0', SWARMSPAWNER_PLAIN_HTTP: 'control' }

  test('a service in a network of its own has no neighbours', async () => {
    const docker = engineOf({ control: 'control-id' })
    expect(await check(outside, docker)).toMatchObject({
      level: 'ok',
      message: 'no notebook is in control',
    })
  })

  test('notebooks in a network of the service are its neighbours', async () => {
    const docker = engineOf({ control: 'control-id', servers: 'servers-id' })
    expect(await check(outside, docker)).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('in the network servers, so servers are refused there'),
    })
    const policy = JSON.stringify({ admin: { networks: ['*', 'servers'] } })
    expect(await check({ ...outside, SWARMSPAWNER_POLICY: policy }, docker)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('in the network servers together with notebooks'),
    })
  })

  test('doctor tells of the notebooks that will be neighbours in a network that is named', async () => {
    const docker = engineOf({ other: 'other-id' })
    expect(await check(outside, docker, ['other'])).toMatchObject({ level: 'fail' })
  })

  test('neighbours may be in a network that was not named as one for plain HTTP', async () => {
    const docker = engineOf({ control: 'control-id', web: 'web-id', ingress: 'ingress-id' })
    expect(await check(outside, docker)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('plain HTTP in web,'),
    })
  })

  test('neighbours are not known if the Engine does not tell, and doctor says what that means', async () => {
    const docker = engineOf({ control: 'control-id' })
    const barred = connectDocker(async (request) =>
      request.path.includes('/containers/')
        ? { status: 403, header: () => undefined, body: (async function* () {})() }
        : docker.transport(request),
    )
    expect(await check(outside, barred)).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('refused unless the policy names them'),
    })
  })

  test('neighbours are not known outside of a container, and doctor says how to know', async () => {
    const docker = engineOf(undefined)
    expect(await check(outside, docker)).toMatchObject({
      level: 'warn',
      advice: expect.stringContaining('docker exec'),
    })
    expect(await check(secret, docker)).toMatchObject({ level: 'ok' })
  })
})
