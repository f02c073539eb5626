import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningService, serve } from '../../handlers/node.ts'
import { openStranger, type Stranger } from '../../lab/load/stranger.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createAuthority } from '../support/certificates.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { signedText } from '../support/raw-call.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

/** As in callers.node.test.ts, where TLS comes before HTTP. */

const MAX = 20
const server = { username: 'alice' }

const start = async (): Promise<RunningService & { ca: string }> => {
  const authority = createAuthority()
  onTestFinished(() => authority.remove())
  const { cert, key } = authority.issue()
  const dir = temporaryDirectory()
  const tls = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
  writeFileSync(tls.cert, cert)
  writeFileSync(tls.key, key)
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const callers = { maxConnections: MAX, maxConnectionsPerAddress: MAX }
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined, tls, callers }
  const running = await serve(settings, createSpawner(createEmbeddedEngine().transport), () => {})
  onTestFinished(() => running.close())
  return { ...running, ca: authority.ca }
}

/** Opens a connection with TLS, and writes. */
const open = async ({ url, ca }: { url: string; ca: string }, text: string) => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca })
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.write(text)
  return () => answer
}

test('handshakes that never end are closed to make room; a call that waits is not, and the hub gets in', async () => {
  const service = await start()
  const waiting = await open(service, signedText('poll', { server, cursor: 'absent', wait_s: 2 }))
  // By now the service has read that call, too.
  const half = await open(service, 'POST /poll HTTP/1.1\r\nhost: x\r\n')
  const strangers: Stranger[] = []
  for (let index = 0; index < 60; index++) {
    const stranger = openStranger(service.url, '\u0016\u0003\u0001')
    onTestFinished(() => void stranger.socket.destroy())
    await once(stranger.socket, 'connect')
    strangers.push(stranger)
  }
  await expect.poll(() => strangers.filter(({ isClosed }) => !isClosed())).toHaveLength(MAX)
  // It has proved nothing either; as for who has TLS, it is told why.
  await expect.poll(half).toContain('HTTP/1.1 503')
  const polled = await open(service, signedText('poll', { server }))
  await expect.poll(polled).toContain('"state":"absent"')
  expect(waiting()).toBe('')
  await expect.poll(waiting).toContain('"state":"absent"')
})

test('a handshake that does not go on is ended', { timeout: 30_000 }, async () => {
  const service = await start()
  const stranger = openStranger(service.url)
  await expect.poll(stranger.isClosed, { timeout: 20_000 }).toBe(true)
})
