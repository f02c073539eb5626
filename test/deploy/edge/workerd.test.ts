import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type ServerOptions } from 'node:https'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { projectRoot } from '../../../lab/project-root.ts'
import { listServices } from '../../../src/docker/services.ts'
import { createEmbeddedEngine, type EmbeddedEngine } from '../../../src/embedded/engine.ts'
import { listenEmbedded } from '../../../src/embedded/listen.node.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { type Authority, type Certificate, createAuthority } from '../../support/certificates.ts'
import { listenOnPort, temporaryDirectory } from '../../support/listen.ts'
import { ADMIN_TOKEN, problemOf, SECRETS } from '../../support/test-hub.ts'

// The real workerd, with the configurations of deploy/edge as they are, and the built worker.

// Its package has no types; what it exports is the path of the program.
const workerd = v.parse(
  v.object({ default: v.string() }),
  createRequire(import.meta.url)('workerd'),
).default
const env = { SWARMSPAWNER_SECRET: SECRETS.default, SWARMSPAWNER_ADMIN_TOKEN: ADMIN_TOKEN }
const server = { username: 'alice' }

/** A copy of what a configuration embeds, at the same places. */
const layOut = (tls?: Certificate & { ca: string }): string => {
  const root = temporaryDirectory()
  const edge = join(root, 'deploy/edge')
  for (const path of ['deploy/edge', 'dist/functions'])
    cpSync(join(projectRoot, path), join(root, path), { recursive: true })
  mkdirSync(join(edge, 'tls'), { recursive: true })
  for (const name of ['ca', 'cert', 'key'] as const)
    if (tls) writeFileSync(join(edge, 'tls', `${name}.pem`), tls[name])
  return edge
}

/** Runs workerd until the test is over; answers its address. */
const serve = async (config: string, engine: string): Promise<string> => {
  const addresses = ['--external-addr', `engine=${engine}`, '--socket-addr', 'http=127.0.0.1:0']
  const child = spawn(workerd, ['serve', config, ...addresses, '--control-fd=1'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'close')
  })
  return `http://127.0.0.1:${await portOf(child.stdout)}`
}

/** workerd tells where it listens, on the descriptor that its own log takes too. */
const portOf = async (control: Readable): Promise<string> => {
  for await (const line of createInterface(control)) {
    const [, port] = /"event":"listen".*"port":(\d+)/.exec(line) ?? []
    if (!port) continue
    control.resume()
    return port
  }
  throw new Error('workerd has ended')
}

const call = (url: string, verb: string, data: unknown, init: RequestInit = {}) =>
  fetch(`${url}/${verb}`, {
    method: 'POST',
    body: JSON.stringify({ type: `spawner.${verb}`, data }),
    ...init,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...init.headers },
  })

const configOf = (image: string) => ({ service_image: image, networks: ['jupyterhub'] })

describe('on workerd with deploy/edge/workerd.capnp', () => {
  const listen = async (engine: EmbeddedEngine): Promise<string> => {
    const path = join(temporaryDirectory(), 'engine.sock')
    const { close } = await listenEmbedded(engine, `unix://${path}`)
    onTestFinished(close)
    return serve(join(projectRoot, 'deploy/edge/workerd.capnp'), `unix:${path}`)
  }

  test('on workerd a server starts, is polled and stops, with the Engine at a unix socket', async () => {
    const url = await listen(createEmbeddedEngine({ speed: 10 }))
    const start = { server, config: configOf('demo/notebook:1') }
    expect(await (await call(url, 'start', start)).json()).toMatchObject({ state: 'running' })
    expect(await (await call(url, 'poll', { server })).json()).toMatchObject({ state: 'running' })
    expect(await (await call(url, 'stop', { server })).json()).toMatchObject({ state: 'absent' })
  })

  test('on workerd a heartbeat notices that a caller left a stream, and what was made is removed', async () => {
    const engine = createEmbeddedEngine()
    const { docker } = createSpawner(engine.transport)
    const url = await listen(engine)
    const leave = new AbortController()
    const start = { server, config: configOf('demo/slow-pull'), start_timeout: 300 }
    const headers = { accept: 'text/event-stream' }
    const response = await call(url, 'start', start, { headers, signal: leave.signal })
    await response.body?.getReader().read()
    expect(await listServices(docker)).toHaveLength(1)
    leave.abort()
    await expect.poll(() => listServices(docker), { timeout: 15_000 }).toEqual([])
  })

  test('on workerd an Engine that is not there is a problem, and no death of a server', async () => {
    const url = await serve(
      join(projectRoot, 'deploy/edge/workerd.capnp'),
      `unix:${join(temporaryDirectory(), 'none.sock')}`,
    )
    const problem = await problemOf(await call(url, 'poll', { server }))
    expect(problem).toMatchObject({ code: 'engine_unreachable', retryable: true })
  })
})

describe('on workerd with deploy/edge/workerd-tls.capnp', () => {
  let ours: Authority
  let stranger: Authority
  beforeAll(() => {
    ours = createAuthority()
    stranger = createAuthority()
  })
  afterAll(() => {
    ours.remove()
    stranger.remove()
  })

  /** An Engine that takes clients of our authority only, as `dockerd --tlsverify` does. */
  const listen = async (certificate: Certificate): Promise<string> => {
    const { fetch } = createEmbeddedEngine({ speed: 10 })
    const serverOptions: ServerOptions = {
      ...certificate,
      ca: ours.ca,
      requestCert: true,
      rejectUnauthorized: true,
    }
    const options = { fetch, createServer, serverOptions, overrideGlobalObjects: false }
    return listenOnPort(createAdaptorServer(options))
  }
  const engineCertificate = () => ours.issue({ name: 'DNS:engine.example' })
  const serveWith = async (engine: Certificate, client: Certificate, ca = ours.ca) =>
    serve(join(layOut({ ...client, ca }), 'workerd-tls.capnp'), await listen(engine))

  test('on workerd the Engine is reached over mutual TLS', async () => {
    const url = await serveWith(engineCertificate(), ours.issue())
    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ status: 'ready' })
    const start = { server, config: configOf('demo/notebook:1') }
    expect(await (await call(url, 'start', start)).json()).toMatchObject({ state: 'running' })
  })

  test.each<[string, () => Promise<string>]>([
    ['refuses our certificate', () => serveWith(engineCertificate(), stranger.issue())],
    ['is of another authority', () => serveWith(engineCertificate(), ours.issue(), stranger.ca)],
    ['is another host', () => serveWith(ours.issue({ name: 'DNS:other.example' }), ours.issue())],
  ])('on workerd an Engine that %s is not asked', async (_, start) => {
    const problem = await problemOf(await fetch(`${await start()}/ready`))
    expect(problem).toMatchObject({ status: 503, retryable: true })
  })
})
