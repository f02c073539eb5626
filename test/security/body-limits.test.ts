import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { serve } from '../../handlers/node.ts'
import { headOfStranger } from '../../lab/load/stranger.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { PUSH_SETTINGS, PUSH_TOKENS } from '../support/push-service.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

/** A stranger, who has no secret, sends as much as the connection takes. */

const MAX_BYTES = 1024 * 1024
const noEngine: EngineTransport = async ({ path }) => {
  throw new Error(`the Engine was asked: ${path}`)
}

let port: number
beforeEach(async () => {
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const push = PUSH_SETTINGS
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined, push }
  const running = await serve(settings, createSpawner(noEngine), () => {})
  port = Number(new URL(running.url).port)
  onTestFinished(() => running.close())
})

const open = async (): Promise<{ socket: Socket; answer: () => string }> => {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return { socket, answer: () => received }
}

const head = (path: string, ...lines: string[]) =>
  [`POST ${path} HTTP/1.1`, 'host: x', ...lines, '', ''].join('\r\n')

const HOOKS = ['/start', '/poll', '/stop', '/forget', '/explain']

const REGISTRY = `/image-pushed/${PUSH_TOKENS.default}`

test.each([...HOOKS, '/image-pushed/wrong'])(
  '%s answers a call without a signature or a token before a byte of its body has come',
  async (path) => {
    const { socket, answer } = await open()
    socket.write(head(path, `content-length: ${MAX_BYTES}`))
    await expect.poll(answer).toContain('HTTP/1.1 401')
    // It does not wait for the body either.
    await expect.poll(() => socket.closed).toBe(true)
  },
)

describe.each([...HOOKS, REGISTRY])('%s', (path) => {
  test(`${path} refuses a body that is announced as too long, before a byte of it has come`, async () => {
    const { socket, answer } = await open()
    socket.write(head(path, `content-length: ${MAX_BYTES + 1}`))
    await expect.poll(answer).toContain('HTTP/1.1 413')
    expect(answer()).toContain('"too_large"')
  })

  test(`${path} stops reading a body of unknown length as soon as it is too long`, async () => {
    const { socket, answer } = await open()
    socket.write(headOfStranger(path, 'transfer-encoding: chunked'))
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    let sent = 0
    while (!answer() && !socket.destroyed && sent < 200 * MAX_BYTES) {
      sent += 0x10000
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), answered(answer)])
    }
    expect(answer()).toContain('HTTP/1.1 413')
    // What fits into the buffers of the two ends of the connection, and no more.
    expect(sent).toBeLessThan(20 * MAX_BYTES)
  })
})

const answered = async (answer: () => string): Promise<void> => {
  while (!answer()) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('a path that does not exist is answered before a byte of a body has come', async () => {
  const { socket, answer } = await open()
  socket.write(head('/nothing', 'transfer-encoding: chunked'))
  await expect.poll(answer).toContain('HTTP/1.1 404')
  await expect.poll(() => socket.closed).toBe(true)
})

test('a body in a million pieces of one byte is not read to its end', async () => {
  const { socket, answer } = await open()
  const begun = process.memoryUsage.rss()
  socket.write(headOfStranger('/poll', 'transfer-encoding: chunked'))
  socket.write('1\r\nx\r\n'.repeat(1_000_000))
  await expect.poll(answer).toContain('HTTP/1.1 413')
  expect(process.memoryUsage.rss() - begun).toBeLessThan(100e6)
})

test('what comes after the announced length is no part of the body, and ends the connection', async () => {
  const { socket, answer } = await open()
  socket.write(`${head('/poll', 'content-length: 2')}{}${'x'.repeat(1000)}`)
  await expect.poll(answer).toContain('HTTP/1.1 400')
  await expect.poll(() => socket.closed).toBe(true)
})

test.each([
  ['two lengths', ['content-length: 2', 'content-length: 3']],
  ['a length and chunks', ['content-length: 2', 'transfer-encoding: chunked']],
  ['a negative length', ['content-length: -1']],
  ['a length in words', ['content-length: many']],
  ['a length in hex', ['content-length: 0x10']],
])('a call with %s is refused before any of our code', async (_, lines) => {
  const { socket, answer } = await open()
  socket.write(`${head('/poll', ...lines)}{}`)
  await expect.poll(answer).toContain('HTTP/1.1 400')
  expect(answer()).not.toContain('code')
})

test('a compressed body is not unpacked', async () => {
  const { socket, answer } = await open()
  socket.write(`${head('/poll', 'content-encoding: gzip', 'content-length: 2')}{}`)
  await expect.poll(answer).toContain('HTTP/1.1 401')
})

test('headers that never end are refused', async () => {
  const { socket, answer } = await open()
  socket.write(`POST /poll HTTP/1.1\r\nhost: x\r\nwebhook-signature: ${'v1,A '.repeat(10_000)}`)
  await expect.poll(answer).toContain('HTTP/1.1 431')
})
