import { once } from 'node:events'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Agent, type RequestOptions, request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect, type SecureVersion, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { LogEntry } from '../../../handlers/every-call/log.ts'
import { keepTlsCurrent, readTls } from '../../../handlers/listen/tls.node.ts'
import { serve } from '../../../handlers/node.ts'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import type { TlsPaths } from '../../../handlers/settings/listen-settings.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { type Authority, type Certificate, createAuthority } from '../../support/certificates.ts'
import { temporaryDirectory } from '../../support/listen.ts'
import { keyOf, SECRETS } from '../../support/test-hub.ts'

let authority: Authority
let stranger: Authority
let first: Certificate
let second: Certificate
beforeAll(() => {
  authority = createAuthority()
  stranger = createAuthority()
  first = authority.issue()
  second = authority.issue()
})
afterAll(() => {
  authority.remove()
  stranger.remove()
})

const readFile = (path: string) => readFileSync(path, 'utf8')

/** Writes files as the service is told of them. */
const write = ({ cert, key }: Certificate, clientCa?: string): Required<TlsPaths> => {
  const dir = temporaryDirectory()
  const paths = { cert: join(dir, 'c.pem'), key: join(dir, 'k.pem'), clientCa: join(dir, 'a.pem') }
  writeFileSync(paths.cert, cert)
  writeFileSync(paths.key, key)
  if (clientCa) writeFileSync(paths.clientCa, clientCa)
  return paths
}

const start = async (tls: TlsPaths) => {
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined, tls }
  const running = await serve(settings, createSpawner(createEmbeddedEngine().transport), () => {})
  onTestFinished(() => running.close())
  return running
}

/** Asks for /health as a client of this authority. */
const ask = async (url: string, options: RequestOptions = {}): Promise<string> => {
  const sent = request(`${url}/health`, { ca: authority.ca, agent: new Agent(), ...options })
  sent.end()
  const [response] = await once(sent, 'response')
  return text(response)
}

describe('the service over TLS', () => {
  test('the service over TLS answers at an https address, for those who know its authority', async () => {
    const { cert, key } = write(first)
    const { url } = await start({ cert, key })
    expect(url).toMatch(/^https:/)
    expect(await ask(url)).toContain('ok')
    await expect(ask(url, { ca: stranger.ca })).rejects.toThrow('certificate')
  })

  test('the service over TLS does not answer plain HTTP on the same port', async () => {
    const { cert, key } = write(first)
    const { url } = await start({ cert, key })
    await expect(fetch(`${url.replace('https', 'http')}/health`)).rejects.toThrow()
  })

  test.each<[SecureVersion, boolean]>([
    ['TLSv1', false],
    ['TLSv1.1', false],
    ['TLSv1.2', true],
    ['TLSv1.3', true],
  ])('the service over TLS speaks %s: %s', async (version, isSpoken) => {
    const { cert, key } = write(first)
    const { url } = await start({ cert, key })
    const only = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    const answered = ask(url, only).then(
      () => true,
      () => false,
    )
    expect(await answered).toBe(isSpoken)
  })

  test('the service with an authority of clients lets in only those whom the authority has signed', async () => {
    const { url } = await start(write(first, authority.ca))
    expect(await ask(url, authority.issue())).toContain('ok')
    await expect(ask(url)).rejects.toThrow()
    await expect(ask(url, stranger.issue())).rejects.toThrow()
  })

  test('the service does not start with a certificate that does not fit its key', async () => {
    const broken = write({ cert: first.cert, key: second.key })
    await expect(start({ cert: broken.cert, key: broken.key })).rejects.toThrow(EnvError)
  })
})

describe('a certificate that is replaced', () => {
  /** The service's look at its files, at a pace for tests. */
  const startWatched = async () => {
    const { clientCa: _, ...paths } = write(first)
    const logged: LogEntry[] = []
    const read = () => readTls(paths, readFile)
    const { createServer } = await import('node:https')
    const server = createServer(read(), (_, response) => response.end('ok'))
    const ended = new AbortController()
    const log = (entry: LogEntry) => void logged.push(entry)
    keepTlsCurrent(server, read(), { read, log, signal: ended.signal, everyMs: 20 })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      ended.abort()
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return { paths, logged, port, url: `https://127.0.0.1:${port}` }
  }

  /** The serial number of the certificate that a new connection is shown. */
  const shown = async (port: number): Promise<string> => {
    const socket = await open(port)
    const { serialNumber } = socket.getPeerCertificate()
    socket.destroy()
    return serialNumber
  }

  const open = async (port: number): Promise<TLSSocket> => {
    const socket = connect({ port, host: '127.0.0.1', ca: authority.ca })
    await once(socket, 'secureConnect')
    return socket
  }

  test('a certificate that is replaced is shown to new connections, and those that are open stay', async () => {
    const { paths, logged, port } = await startWatched()
    const before = await shown(port)
    const kept = await open(port)
    writeFileSync(paths.key, second.key)
    writeFileSync(paths.cert, second.cert)
    await expect.poll(() => shown(port)).not.toBe(before)
    kept.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(String(await once(kept, 'data'))).toContain('200 OK')
    kept.destroy()
    expect(logged.at(-1)?.message).toBe('the TLS certificate was replaced')
  })

  test('a certificate is seen as replaced if files are moved into the place of the old ones', async () => {
    const { paths, port } = await startWatched()
    const before = await shown(port)
    const next = write(second)
    renameSync(next.key, paths.key)
    renameSync(next.cert, paths.cert)
    await expect.poll(() => shown(port)).not.toBe(before)
  })

  test.each([
    ['is not PEM', () => 'not PEM'],
    ['is cut off', () => second.cert.slice(0, 200)],
    ['does not fit the key', () => second.cert],
    ['is empty', () => ''],
  ])(
    'a new certificate that %s leaves the old one, and the log says why, once and without the key',
    async (_, cert) => {
      const { paths, logged, port } = await startWatched()
      const before = await shown(port)
      writeFileSync(paths.cert, cert())
      await expect.poll(() => logged).toHaveLength(1)
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(logged).toMatchObject([
        { level: 'error', message: 'the old TLS certificate stays in use' },
      ])
      expect(String(logged[0]?.['detail'])).toContain('SWARMSPAWNER_TLS_CERT')
      expect(JSON.stringify(logged)).not.toContain(first.key.split('\n')[1])
      expect(await shown(port)).toBe(before)
      writeFileSync(paths.cert, second.cert)
      writeFileSync(paths.key, second.key)
      await expect.poll(() => shown(port)).not.toBe(before)
    },
  )
})

test('files that cannot be used are refused by the name of their setting', () => {
  const paths = write(first)
  const refused = (changed: Partial<TlsPaths>) => {
    const { clientCa: _, ...own } = paths
    return () => readTls({ ...own, ...changed }, readFile)
  }
  expect(refused({ cert: '/none' })).toThrow("SWARMSPAWNER_TLS_CERT: /none can't be read")
  expect(refused({ key: '/none' })).toThrow('SWARMSPAWNER_TLS_KEY')
  // Of an empty list of authorities, whoever comes would be let in.
  writeFileSync(paths.clientCa, '')
  expect(refused({ clientCa: paths.clientCa })).toThrow('SWARMSPAWNER_TLS_CLIENT_CA')
})
