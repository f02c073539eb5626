// lane: light (it waits for limits of time)
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { LogEntry } from '../../../handlers/every-call/log.ts'
import { createBodies } from '../../../handlers/listen/incoming-bodies.node.ts'
import { type RunningService, serve } from '../../../handlers/node.ts'
import { headOfStranger, openStranger, type Stranger } from '../../../lab/load/stranger.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { listenOnPort } from '../../support/listen.ts'
import { openCall } from '../../support/raw-call.ts'
import { keyOf, SECRETS } from '../../support/test-hub.ts'

/** Strangers hold what they can; the hub's own calls and health checks come through all the same. */

const LIMITS = { maxConnections: 30, maxConnectionsPerAddress: 20 }
const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined, callers: LIMITS }
const HALF_A_HEAD = 'POST /poll HTTP/1.1\r\nhost: x\r\nwebhook-id: '
const server = { username: 'alice' }

let service: RunningService
let logged: LogEntry[]
beforeEach(async () => {
  logged = []
  const spawner = createSpawner(createEmbeddedEngine().transport)
  service = await serve(settings, spawner, (one) => void logged.push(one))
  onTestFinished(() => service.close())
})

const strangers = async (count: number, text: string, address?: string): Promise<Stranger[]> => {
  const opened: Stranger[] = []
  for (let index = 0; index < count; index++) {
    const stranger = openStranger(service.url, text, address)
    onTestFinished(() => void stranger.socket.destroy())
    await once(stranger.socket, 'connect')
    opened.push(stranger)
  }
  return opened
}

const isOpen = ({ isClosed }: Stranger): boolean => !isClosed()

const signedPoll = async (data: object = { server }): Promise<() => string> => {
  const socket = await openCall(service.url, 'poll', data)
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  return () => answer
}

const hubIsServed = async () => {
  const answer = await signedPoll()
  await expect.poll(answer).toContain('"state":"absent"')
  expect((await fetch(`${service.url}/health`)).status).toBe(200)
}

describe.each([
  ['half of their headers', HALF_A_HEAD],
  ['half of a body', `${headOfStranger('/start', 'content-length: 100000')}{`],
  ['nothing', ''],
])('strangers who send %s', (_, text) => {
  test('strangers have so many connections and no more, and the hub gets in', async () => {
    const opened = await strangers(100, text)
    await expect.poll(() => opened.filter(isOpen)).toHaveLength(LIMITS.maxConnectionsPerAddress)
    // The oldest go first, and are told why.
    expect(opened.slice(0, 80).filter(isOpen)).toEqual([])
    for (const { answer } of opened.slice(0, 80)) {
      expect(answer()).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: \d+\r\n/s)
      expect(answer()).toContain('"code":"busy"')
    }
    await hubIsServed()
  })

  test('strangers from many addresses have so many connections together', async () => {
    const opened: Stranger[] = []
    for (const end of [2, 3, 4, 5]) opened.push(...(await strangers(15, text, `127.0.0.${end}`)))
    await expect.poll(() => opened.filter(isOpen)).toHaveLength(LIMITS.maxConnections)
    await hubIsServed()
  })
})

test('a stranger at one address closes no connection of another address', async () => {
  const [slow] = await strangers(1, HALF_A_HEAD)
  const opened = await strangers(100, HALF_A_HEAD, '127.0.0.2')
  await expect.poll(() => opened.filter(isOpen)).toHaveLength(LIMITS.maxConnectionsPerAddress)
  expect(slow?.isClosed()).toBe(false)
})

test("a hub's call that waits is never closed to make room, also not at the address of strangers", async () => {
  const answer = await signedPoll({ server, cursor: 'absent', wait_s: 2 })
  // By now it has read that call, too.
  await fetch(`${service.url}/health`)
  const opened = await strangers(100, HALF_A_HEAD)
  await expect.poll(() => opened.filter(isOpen)).toHaveLength(LIMITS.maxConnectionsPerAddress)
  await expect.poll(answer).toContain('"state":"absent"')
})

test('a call that a stranger sends over the connection of a hub, through a proxy, does not keep it', async () => {
  const socket = await openCall(service.url, 'poll', { server })
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('HTTP/1.1 200')
  socket.write(HALF_A_HEAD)
  const closed = once(socket, 'close')
  socket.resume()
  await strangers(2 * LIMITS.maxConnectionsPerAddress, HALF_A_HEAD)
  await closed
})

test('whole bodies of strangers are refused one by one, and take nothing', async () => {
  const body = 'x'.repeat(1000)
  const text = `${headOfStranger('/start', 'content-length: 1000')}${body}`
  const opened = await strangers(100, text)
  for (const { answer, isClosed } of opened)
    await expect.poll(() => answer().includes('HTTP/1.1 401') || isClosed()).toBe(true)
  await hubIsServed()
})

test('of calls that come all at once on one connection, only so many are carried out', async () => {
  const [stranger] = await strangers(1, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(3000))
  await expect.poll(() => stranger?.isClosed()).toBe(true)
  const statuses = stranger?.answer().match(/^HTTP\/1\.1 \d+/gm) ?? []
  expect(statuses.filter((status) => status === 'HTTP/1.1 200').length).toBeLessThanOrEqual(1000)
  await hubIsServed()
})

test('half calls of strangers do not keep the service from ending', async () => {
  await strangers(20, `${headOfStranger('/start', 'content-length: 100000')}{`)
  const begun = performance.now()
  await service.close()
  expect(performance.now() - begun).toBeLessThan(12_000)
})

test('a caller who never ends a header, or says nothing, is hung up on', {
  timeout: 40_000,
}, async () => {
  const opened = [...(await strangers(1, HALF_A_HEAD)), ...(await strangers(1, ''))]
  await sleep(12_000)
  expect(opened.filter(isOpen)).toHaveLength(2)
  await expect.poll(() => opened.filter(isOpen), { timeout: 10_000 }).toHaveLength(0)
  expect(opened[0]?.answer()).toContain('HTTP/1.1 408')
})

describe('bodies of callers who are not known', () => {
  const MIB = 1024 * 1024
  const openBodies = async (limits: { maxBytes: number; timeoutMs: number }) => {
    const read = createBodies(limits)
    const address = await listenOnPort(
      createServer((incoming, answer) => {
        read(incoming).then(
          (body) => answer.end(`read ${body.length}`),
          (error) => answer.end(String(error.code)),
        )
      }),
    )
    return (announced: number, body: string) => {
      const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${announced}\r\n\r\n`
      const stranger = openStranger(`http://${address}`, head + body)
      onTestFinished(() => void stranger.socket.destroy())
      return stranger
    }
  }

  test('bodies of unknown callers are given up, the oldest first, if all of them together are too large', async () => {
    const send = await openBodies({ maxBytes: 4 * MIB, timeoutMs: 60_000 })
    const held = Array.from({ length: 8 }, () => send(MIB, 'x'.repeat(MIB - 1)))
    const refused = () => held.filter(({ answer }) => answer().includes('busy'))
    await expect.poll(() => refused().length).toBeGreaterThanOrEqual(4)
    const whole = send(5, 'hello')
    await expect.poll(whole.answer).toContain('read 5')
    expect(refused().length).toBeLessThanOrEqual(7)
  })

  test('bodies of unknown callers are given up if they do not come in time', async () => {
    const send = await openBodies({ maxBytes: MIB, timeoutMs: 300 })
    const slow = send(100, 'x')
    await expect.poll(slow.answer).toContain('too_slow')
  })

  test('bodies of unknown callers leave nothing behind when they are given up', async () => {
    const send = await openBodies({ maxBytes: 2 * MIB, timeoutMs: 60_000 })
    for (let round = 0; round < 5; round++) {
      const gone = send(MIB, 'x'.repeat(MIB - 1))
      await sleep(50)
      gone.socket.destroy()
    }
    const last = send(MIB, 'x'.repeat(MIB))
    await expect.poll(last.answer).toContain(`read ${MIB}`)
  })

  test('bodies of unknown callers are the text that was sent, in whatever pieces', async () => {
    const send = await openBodies({ maxBytes: MIB, timeoutMs: 10_000 })
    const text = 'ä€😀'.repeat(20_000)
    const bytes = Buffer.byteLength(text)
    const stranger = send(bytes, '')
    for (const piece of text.match(/.{1,997}/gsu) ?? []) stranger.socket.write(piece)
    await expect.poll(stranger.answer).toContain(`read ${text.length}`)
  })
})
