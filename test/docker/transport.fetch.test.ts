import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { connectDocker } from '../../src/docker/docker.ts'
import { request } from '../../src/docker/request.ts'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import type { EngineRequest } from '../../src/docker/transport.ts'
import { listenOnPort } from '../support/listen.ts'

const textOf = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const serve = async (listener: RequestListener) => {
  const server = createServer(listener)
  return { server, base: `http://${await listenOnPort(server)}` }
}

const ask = async (base: string, given: Partial<EngineRequest> = {}) => {
  const signal = AbortSignal.timeout(10_000)
  const asked = { method: 'GET', path: '/x', signal, ...given } as const
  const response = await fetchTransport(base, fetch)(asked)
  return { ...response, text: await textOf(response.body) }
}

const echo: RequestListener = async (asked, answer) => {
  const { method, url, headers } = asked
  const body = await textOf(asked)
  answer.setHeader('X-Seen', String(headers['x-sent']))
  answer.writeHead(201).end(method === 'HEAD' ? undefined : JSON.stringify({ method, url, body }))
}

test('a request and its answer go through as they are', async () => {
  const { base } = await serve(echo)
  const headers = { 'x-sent': 'yes' }
  const sent = { method: 'POST', path: '/v1.51/x?a=b%20c', headers, body: '{"a":"é"}' } as const
  const { status, header, text } = await ask(base, sent)
  expect(status).toBe(201)
  expect(header('x-seen')).toBe('yes')
  expect(header('x-other')).toBeUndefined()
  expect(JSON.parse(text)).toEqual({ method: 'POST', url: sent.path, body: sent.body })
})

test('an answer to HEAD has headers and no body', async () => {
  const { base } = await serve(echo)
  const { header, text } = await ask(base, { method: 'HEAD', headers: { 'x-sent': 'yes' } })
  expect(header('x-seen')).toBe('yes')
  expect(text).toBe('')
})

test.each([204, 404, 503])('the status %i is an answer, not an error', async (status) => {
  const { base } = await serve((_, answer) => answer.writeHead(status).end())
  expect(await ask(base)).toMatchObject({ status, text: '' })
})

test('a redirect is not followed', async () => {
  const { base } = await serve((_, answer) => answer.writeHead(301, { Location: '/y' }).end())
  expect(await ask(base)).toMatchObject({ status: 301 })
})

test('an abort in the middle of a body closes the connection', async () => {
  const { server, base } = await serve((_, answer) => {
    answer.write('first')
  })
  const isGone = once(server, 'request').then(([, answer]) => once(answer, 'close'))
  const controller = new AbortController()
  const transport = fetchTransport(base, fetch)
  const { body } = await transport({ method: 'GET', path: '/x', signal: controller.signal })
  const read = async () => {
    for await (const chunk of body) {
      expect(Buffer.from(chunk).toString()).toBe('first')
      controller.abort(new Error('enough'))
    }
  }
  await expect(read()).rejects.toThrow('enough')
  await isGone
})

test("an abort before the answer ends with the caller's reason", async () => {
  const { server, base } = await serve(() => {})
  const controller = new AbortController()
  const reason = new Error('enough')
  const asked = ask(base, { signal: controller.signal })
  await Promise.all([
    expect(asked).rejects.toBe(reason),
    once(server, 'request').then(() => controller.abort(reason)),
  ])
})

test('a port where nobody listens is unreachable', async () => {
  const { server, base } = await serve(echo)
  server.close()
  await once(server, 'close')
  await expect(ask(base)).rejects.toMatchObject({
    code: 'unreachable',
    message: `Docker Engine at ${base}: no connection`,
    cause: expect.any(Error),
  })
})

test('a connection that breaks in the middle of a body is lost', async () => {
  const server = createTcpServer((socket) => {
    const bytes = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,'
    socket.once('data', () => socket.end(bytes, () => socket.destroy()))
  })
  const base = `http://${await listenOnPort(server)}`
  const agreed = { apiVersion: async () => '1.51' as const }
  const docker = { ...connectDocker(fetchTransport(base, fetch)), ...agreed }
  const asked = request(docker, { method: 'GET', path: '/x', schema: v.unknown() })
  await expect(asked).rejects.toMatchObject({ code: 'connection_lost' })
})
