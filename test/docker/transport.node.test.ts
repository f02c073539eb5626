import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { SecureVersion } from 'node:tls'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { connectDocker } from '../../src/docker/docker.ts'
import { request } from '../../src/docker/request.ts'
import {
  type EngineAddress,
  nodeTransport,
  type TlsFiles,
} from '../../src/docker/transport.node.ts'
import type { EngineRequest } from '../../src/docker/transport.ts'
import { type Authority, type Certificate, createAuthority } from '../support/certificates.ts'
import { listenOnPort, listenOnSocket, temporaryDirectory } from '../support/listen.ts'

const connect = (address: EngineAddress) => {
  const transport = nodeTransport(address)
  onTestFinished(() => {
    transport.close().catch(() => {})
  })
  return transport
}

const ask = async (address: EngineAddress, given: Partial<EngineRequest> = {}) => {
  const signal = AbortSignal.timeout(10_000)
  const transport = connect(address)
  const response = await transport({ method: 'GET', path: '/x', signal, ...given })
  return { ...response, text: await textOf(response.body) }
}

const textOf = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Tells in its answer what it was asked. */
const echo: RequestListener = async (asked, answer) => {
  const { method, url, headers } = asked
  const body = await textOf(asked)
  answer.setHeader('X-Seen', String(headers['x-sent']))
  answer.writeHead(201).end(method === 'HEAD' ? undefined : JSON.stringify({ method, url, body }))
}

const places: [name: string, listen: (server: Server) => Promise<string>][] = [
  ['a unix socket', async (server) => `unix://${await listenOnSocket(server)}`],
  ['TCP', async (server) => `tcp://${await listenOnPort(server)}`],
  ['HTTP', async (server) => `http://${await listenOnPort(server)}`],
]

describe.each(places)('over %s', (_, listen) => {
  test('a request and its answer go through as they are', async () => {
    const host = await listen(createServer(echo))
    const headers = { 'x-sent': 'yes' }
    const sent = { method: 'POST', path: '/v1.51/x?a=b%20c', headers, body: '{"a":"é"}' } as const
    const { status, header, text } = await ask({ host }, sent)
    expect(status).toBe(201)
    expect(header('x-seen')).toBe('yes')
    expect(header('x-other')).toBeUndefined()
    expect(JSON.parse(text)).toEqual({ method: 'POST', url: sent.path, body: sent.body })
  })

  test('an answer to HEAD has headers and no body', async () => {
    const host = await listen(createServer(echo))
    const { header, text } = await ask({ host }, { method: 'HEAD', headers: { 'x-sent': 'yes' } })
    expect(header('x-seen')).toBe('yes')
    expect(text).toBe('')
  })

  test('ten calls in a row share one connection', async () => {
    let connections = 0
    const server = createServer(echo).on('connection', () => {
      connections++
    })
    const transport = connect({ host: await listen(server) })
    for (let call = 0; call < 10; call++) {
      const signal = AbortSignal.timeout(10_000)
      const { body } = await transport({ method: 'GET', path: '/x', signal })
      await textOf(body)
      // undici takes a connection back a moment after the end of the body.
      await setImmediate()
    }
    expect(connections).toBe(1)
  })

  test('a body arrives piece by piece, and an abort closes the connection', async () => {
    const server = createServer((_request, answer) => {
      answer.write('first')
    })
    const isGone = once(server, 'request').then(([, answer]) => once(answer, 'close'))
    const controller = new AbortController()
    const reason = new Error('enough')
    const transport = connect({ host: await listen(server) })
    const { body } = await transport({ method: 'GET', path: '/x', signal: controller.signal })
    const read = async () => {
      for await (const chunk of body) {
        expect(Buffer.from(chunk).toString()).toBe('first')
        controller.abort(reason)
      }
    }
    await expect(read()).rejects.toThrow()
    await isGone
  })

  test('leaving a body in the middle closes the connection', async () => {
    const server = createServer((_request, answer) => {
      answer.write('first')
    })
    const isGone = once(server, 'request').then(([, answer]) => once(answer, 'close'))
    const transport = connect({ host: await listen(server) })
    const signal = AbortSignal.timeout(10_000)
    for await (const _ of (await transport({ method: 'GET', path: '/x', signal })).body) break
    await isGone
  })

  test('a signal that is aborted already sends nothing', async () => {
    let requests = 0
    const host = await listen(createServer(() => requests++))
    const reason = new Error('enough')
    await expect(ask({ host }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(requests).toBe(0)
  })
})

describe('an Engine that misbehaves', () => {
  const misbehaving = async (behave: (socket: Socket) => void) => {
    const server = createTcpServer((socket) => {
      socket.once('data', () => behave(socket))
    })
    return `tcp://${await listenOnPort(server)}`
  }
  const list = (host: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) => {
    const docker = { ...connectDocker(connect({ host })), apiVersion: async () => '1.51' as const }
    return request(docker, { method: 'GET', path: '/x', schema: v.unknown(), ...options })
  }
  const head = 'HTTP/1.1 200 OK\r\n'
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n`

  test.each([
    ['before an answer', ''],
    ['in the middle of the headers', `${head}Content-Ty`],
    ['in the middle of a body of known length', `${head}Content-Length: 100\r\n\r\n[1,`],
    ['in the middle of a chunked body', chunked],
  ])('an Engine that breaks off %s is a lost connection', async (_, bytes) => {
    const host = await misbehaving((socket) => socket.end(bytes, () => socket.destroy()))
    await expect(list(host)).rejects.toMatchObject({ code: 'connection_lost' })
  })

  test('an Engine that resets the connection is a lost connection', async () => {
    const host = await misbehaving((socket) => socket.resetAndDestroy())
    await expect(list(host)).rejects.toMatchObject({ code: 'connection_lost' })
  })

  test('an Engine that speaks something else than HTTP is a lost connection', async () => {
    const host = await misbehaving((socket) => socket.end('220 mail ready\r\n'))
    await expect(list(host)).rejects.toMatchObject({ code: 'connection_lost' })
  })

  test.each([
    ['at once', ''],
    ['after the headers', `${head}Content-Length: 100\r\n\r\n`],
    ['in the middle of a chunked body', chunked],
    ['in the middle of a body without length', `${head}Connection: close\r\n\r\n[1,`],
  ])('an Engine that falls silent %s is a timeout', async (_, bytes) => {
    const host = await misbehaving((socket) => socket.write(bytes))
    await expect(list(host, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' })
    // An error of the aborted connection would come now, with nobody to catch it.
    await sleep(20)
  })

  test('an Engine that serves TLS where none is expected is told as such', async () => {
    const text = 'Client sent an HTTP request to an HTTPS server.\n'
    const host = await misbehaving((socket) =>
      socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n${text}`),
    )
    await expect(list(host)).rejects.toMatchObject({ code: 'tls' })
  })
})

describe('an Engine that is not there', () => {
  test('a missing socket is unreachable, and the message asks whether it runs', async () => {
    const host = `unix://${join(temporaryDirectory(), 'docker.sock')}`
    await expect(ask({ host })).rejects.toMatchObject({
      code: 'unreachable',
      message: `Docker Engine at ${host}: there is no such socket; is the Docker Engine running? (ENOENT)`,
      cause: expect.any(Error),
    })
  })

  test('a file that is no socket is unreachable', async () => {
    const path = join(temporaryDirectory(), 'docker.sock')
    writeFileSync(path, '')
    await expect(ask({ host: `unix://${path}` })).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('a port where nobody listens is unreachable', async () => {
    const server = createServer(echo)
    const host = `tcp://${await listenOnPort(server)}`
    server.close()
    await once(server, 'close')
    await expect(ask({ host })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('nobody listens there'),
    })
  })

  test('a name that does not resolve is unreachable', async () => {
    const asked = ask({ host: 'tcp://engine.invalid:2375' })
    await expect(asked).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('a socket that was removed meanwhile is unreachable, and found again later', async () => {
    const path = await listenOnSocket(createServer(echo))
    rmSync(path)
    await expect(ask({ host: `unix://${path}` })).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('a socket that one may not open is a matter of permission', async () => {
    const path = await listenOnSocket(createServer(echo))
    chmodSync(dirname(path), 0o755)
    chmodSync(path, 0o000)
    const program = join(import.meta.dirname, '../support/ask-as-nobody.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program, `unix://${path}`])
    expect(stdout.trim()).toBe('permission_denied')
  })

  test('a path with a space or a percent sign is the path of a socket', async () => {
    const host = `unix://${join(temporaryDirectory(), 'my docker.sock')}`
    await expect(ask({ host })).rejects.toMatchObject({ code: 'unreachable' })
  })
})

describe('over TLS', () => {
  let ours: Authority
  let strangers: Authority
  let server: Certificate
  let client: Certificate
  let stranger: Certificate
  let expired: Certificate

  beforeAll(() => {
    ours = createAuthority()
    strangers = createAuthority()
    server = ours.issue()
    client = ours.issue()
    stranger = strangers.issue()
    expired = ours.issue({ days: -1 })
  })
  afterAll(() => {
    ours.remove()
    strangers.remove()
  })

  const serve = async (
    certificate: Certificate = server,
    options: { maxVersion?: SecureVersion } = {},
  ) => {
    const asksForOurs = { ca: ours.ca, requestCert: true, rejectUnauthorized: true }
    const tlsServer = createTlsServer({ ...certificate, ...asksForOurs, ...options }, echo)
    return `tcp://${await listenOnPort(tlsServer)}`
  }
  const trusting = (tls: TlsFiles = {}): TlsFiles => ({ ca: ours.ca, ...client, ...tls })

  test('both sides show a certificate that the other trusts', async () => {
    const { status, text } = await ask({ host: await serve(), tls: trusting() })
    expect(status).toBe(201)
    expect(JSON.parse(text)).toMatchObject({ method: 'GET', url: '/x' })
  })

  test('an https address is TLS too', async () => {
    const host = (await serve()).replace('tcp:', 'https:')
    expect(await ask({ host, tls: trusting() })).toMatchObject({ status: 201 })
  })

  describe.each<SecureVersion>(['TLSv1.2', 'TLSv1.3'])('%s', (maxVersion) => {
    test('a client without certificate is refused', async () => {
      const host = await serve(server, { maxVersion })
      const error = await ask({ host, tls: { ca: ours.ca } }).catch((thrown: unknown) => thrown)
      // TLS 1.3 tells only after the handshake, by an alert that the closed connection may overtake.
      expect(error).toMatchObject({ code: expect.stringMatching(/^(tls|connection_lost)$/) })
    })

    test("a client with a stranger's certificate is refused", async () => {
      const host = await serve(server, { maxVersion })
      const error = await ask({ host, tls: trusting(stranger) }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: expect.stringMatching(/^(tls|connection_lost)$/) })
    })
  })

  test("an Engine with a stranger's certificate is not trusted", async () => {
    const host = await serve(stranger)
    await expect(ask({ host, tls: trusting() })).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringContaining('not signed by our ca.pem'),
    })
  })

  test('an Engine is trusted through an authority in between', async () => {
    const host = await serve(createAuthority(ours).issue())
    expect(await ask({ host, tls: trusting() })).toMatchObject({ status: 201 })
  })

  test("an Engine is not trusted through a stranger's authority in between", async () => {
    const host = await serve(createAuthority(strangers).issue())
    await expect(ask({ host, tls: trusting() })).rejects.toMatchObject({ code: 'tls' })
  })

  test('an Engine is not trusted by the authorities of the system', async () => {
    const host = (await serve()).replace('tcp:', 'https:')
    await expect(ask({ host })).rejects.toMatchObject({ code: 'tls' })
  })

  test('an Engine with a certificate for another host is not trusted', async () => {
    const host = await serve(ours.issue({ name: 'IP:192.0.2.1' }))
    await expect(ask({ host, tls: trusting() })).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringContaining('another host name'),
    })
  })

  test('an Engine with an expired certificate is not trusted', async () => {
    const host = await serve(expired)
    await expect(ask({ host, tls: trusting() })).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringContaining('has expired'),
    })
  })

  test('an Engine is trusted unseen if that is asked for', async () => {
    const host = await serve(expired)
    expect(await ask({ host, tls: trusting({ skipVerify: true }) })).toMatchObject({ status: 201 })
  })

  test('an Engine without TLS where TLS is expected is told as such', async () => {
    const host = `tcp://${await listenOnPort(createServer(echo))}`
    await expect(ask({ host, tls: trusting() })).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringContaining('does not speak TLS'),
    })
  })

  test('a port with TLS that is spoken to in plain HTTP is no connection', async () => {
    await expect(ask({ host: await serve() })).rejects.toMatchObject({ code: 'connection_lost' })
  })

  test('a file that holds no certificate is a matter of TLS', async () => {
    const host = await serve()
    const tls = trusting({ cert: 'not PEM', key: 'not PEM' })
    await expect(ask({ host, tls })).rejects.toMatchObject({ code: 'tls' })
  })
})

describe('a body', () => {
  const serveBytes = (bytes: number): Promise<string> =>
    listenOnSocket(createServer((_, answer) => void answer.end('x'.repeat(bytes)))).then(
      (path) => `unix://${path}`,
    )

  test.each([
    ['as long as may be', 7, 'xxxxxxx'],
    ['longer than may be', 8, undefined],
    ['of many chunks and longer than may be', 5_000_000, undefined],
  ])('a body %s is read up to the limit', async (_, bytes, text) => {
    const transport = connect({ host: await serveBytes(bytes) })
    const signal = AbortSignal.timeout(10_000)
    const response = await transport({ method: 'GET', path: '/x', signal })
    expect(await response.text?.(7)).toBe(text)
  })

  test.each([
    ['just below what is held unread', 250_000],
    ['just above it', 300_000],
    ['of many chunks', 5_000_000],
  ])('a body %s is read to its end as text', async (_, bytes) => {
    const transport = connect({ host: await serveBytes(bytes) })
    const signal = AbortSignal.timeout(10_000)
    const response = await transport({ method: 'GET', path: '/x', signal })
    expect((await response.text?.(32e6))?.length).toBe(bytes)
  })

  test('a body that came before anybody asked for its text is read to its end', async () => {
    const transport = connect({ host: await serveBytes(5_000_000) })
    const signal = AbortSignal.timeout(10_000)
    const response = await transport({ method: 'GET', path: '/x', signal })
    await sleep(50)
    expect((await response.text?.(32e6))?.length).toBe(5_000_000)
  })

  test('a body that nobody reads yet holds the Engine back, and is whole in the end', async () => {
    const transport = connect({ host: await serveBytes(5_000_000) })
    const signal = AbortSignal.timeout(10_000)
    const response = await transport({ method: 'GET', path: '/x', signal })
    await sleep(50)
    expect((await textOf(response.body)).length).toBe(5_000_000)
  })

  test('a body that is left early closes the connection', async () => {
    const server = createServer((_, answer) => void answer.write('first'))
    const hungUp = once(server, 'request').then(([asked]) => once(asked.socket, 'close'))
    const transport = connect({ host: `unix://${await listenOnSocket(server)}` })
    const { signal } = new AbortController()
    const { body } = await transport({ method: 'GET', path: '/x', signal })
    for await (const chunk of body) {
      expect(Buffer.from(chunk).toString()).toBe('first')
      break
    }
    await hungUp
  })
})
