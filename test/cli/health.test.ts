import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { addressOf } from '../../cli/ask-health.ts'
import { serve } from '../../handlers/node.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { type Authority, createAuthority } from '../support/certificates.ts'
import { listenOnPort, temporaryDirectory } from '../support/listen.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

const main = join(import.meta.dirname, '../../cli/main.ts')

let authority: Authority
let stranger: Authority
beforeAll(() => {
  authority = createAuthority()
  stranger = createAuthority()
})
afterAll(() => {
  authority.remove()
  stranger.remove()
})

/** Runs `swarmspawner health` in an environment. */
const health = (env: Record<string, string>, ...args: string[]) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    const options = { env: { PATH: process.env['PATH'], HOME: temporaryDirectory(), ...env } }
    execFile(process.execPath, [main, 'health', ...args], options, (error, out) =>
      resolve({ code: error ? Number(error.code) : 0, out: out.trim() }),
    )
  })

const start = async (spawner: Parameters<typeof serve>[1], tls?: { cert: string; key: string }) => {
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined, tls }
  const running = await serve(settings, spawner, () => {})
  onTestFinished(() => running.close())
  return new URL(running.url).port
}

const engine = () => createSpawner(createEmbeddedEngine().transport)
const noEngine = () =>
  createSpawner(nodeTransport({ host: `unix://${join(temporaryDirectory(), 'none.sock')}` }))

/** A certificate for another name than the one that is asked. */
const writeTls = (clientCa?: string) => {
  const directory = temporaryDirectory()
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const { cert, key } = authority.issue({ name: 'IP:192.0.2.1' })
  return {
    cert: write('cert.pem', cert),
    key: write('key.pem', key),
    ...(clientCa && { clientCa: write('client-ca.pem', clientCa) }),
  }
}

const tlsEnv = (tls: ReturnType<typeof writeTls>) => ({
  SWARMSPAWNER_TLS_CERT: tls.cert,
  SWARMSPAWNER_TLS_KEY: tls.key,
  ...(tls.clientCa && { SWARMSPAWNER_TLS_CLIENT_CA: tls.clientCa }),
})

describe('swarmspawner health', () => {
  test('health says that the service of the same settings is alive', async () => {
    const PORT = await start(noEngine())
    expect(await health({ PORT })).toEqual({ code: 0, out: `http://127.0.0.1:${PORT}/health: ok` })
  })

  test('health with --ready says that the Engine of the service answers', async () => {
    const PORT = await start(engine())
    const answer = { code: 0, out: `http://127.0.0.1:${PORT}/ready: ok` }
    expect(await health({ PORT }, '--ready')).toEqual(answer)
  })

  test('health with --ready fails in the words of the service if its Engine is out of reach', async () => {
    const PORT = await start(noEngine())
    const { code, out } = await health({ PORT }, '--ready')
    expect(code).toBe(1)
    expect(out).toMatch(/\/ready: .*Engine/)
    expect(out).not.toContain('\n')
  })

  test('health fails if nothing listens', async () => {
    const { code, out } = await health({ PORT: '1' })
    expect(code).toBe(1)
    expect(out).toBe('http://127.0.0.1:1/health: connect ECONNREFUSED 127.0.0.1:1')
  })

  test('health fails with the status if something else listens', async () => {
    const other = createServer((_, answer) => answer.writeHead(404).end('<html>'))
    const [, PORT = ''] = (await listenOnPort(other)).split(':')
    const { code, out } = await health({ PORT })
    expect({ code, out }).toEqual({ code: 1, out: `http://127.0.0.1:${PORT}/health: status 404` })
  })

  test("health trusts the service's own certificate, whatever name is in it", async () => {
    const tls = writeTls()
    const PORT = await start(engine(), tls)
    const answer = { code: 0, out: `https://127.0.0.1:${PORT}/health: ok` }
    expect(await health({ PORT, ...tlsEnv(tls) })).toEqual(answer)
  })

  test('health does not trust another certificate', async () => {
    const PORT = await start(engine(), writeTls())
    const { code, out } = await health({ PORT, ...tlsEnv(writeTls()) })
    expect(code).toBe(1)
    expect(out).toContain('certificate')
  })

  test("health shows the service's certificate if the service asks for one", async () => {
    const tls = writeTls(authority.ca)
    const PORT = await start(engine(), tls)
    expect(await health({ PORT, ...tlsEnv(tls) }, '--ready')).toMatchObject({ code: 0 })
  })

  test('health takes a service that refuses its certificate for alive, and not for ready', async () => {
    const tls = writeTls(stranger.ca)
    const PORT = await start(engine(), tls)
    expect(await health({ PORT, ...tlsEnv(tls) })).toMatchObject({ code: 0 })
    expect(await health({ PORT, ...tlsEnv(tls) }, '--ready')).toMatchObject({ code: 1 })
  })
})

test.each([
  [{}, 'http://127.0.0.1:8080'],
  [{ HOST: '0.0.0.0', PORT: '80', SWARMSPAWNER_PLAIN_HTTP: 'control' }, 'http://127.0.0.1:80'],
  [{ HOST: '::', SWARMSPAWNER_PLAIN_HTTP: 'control' }, 'http://[::1]:8080'],
  [{ HOST: '192.0.2.1', SWARMSPAWNER_PLAIN_HTTP: 'control' }, 'http://192.0.2.1:8080'],
])('health of a service with the settings %j asks %s', (env, url) => {
  expect(addressOf(env).url).toBe(url)
})
