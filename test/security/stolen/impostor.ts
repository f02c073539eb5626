import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { type ExpectStatic, onTestFinished } from 'vitest'
import { createHubClient } from '../../../cli/hub-client.ts'
import { serve } from '../../../handlers/node.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { createAuthority } from '../../support/certificates.ts'
import { listenOnPort, temporaryDirectory } from '../../support/listen.ts'
import { createTestService, keyOf, SECRETS, send, signed } from '../../support/test-hub.ts'
import { startOf } from './thief.ts'
import type { Impostor } from './tls-key.ts'

/** A service over TLS, a hub that knows its authority, and somebody who has the key of its certificate. */
export const impostor = async (given: ExpectStatic): Promise<Impostor> => {
  const authority = createAuthority()
  onTestFinished(authority.remove)
  const tls = { ...authority.issue(), ca: authority.ca }
  return {
    expect: given,
    tls,
    url: await startService(tls),
    hubCalls: callsOf(tls.ca),
    readAnswer,
    hubReads,
  }
}

const readAnswer = async () => {
  const service = createTestService(createSpawner(createEmbeddedEngine().transport))
  const answer = await send(service, 'poll', { server: { username: 'alice' } })
  return { headers: Object.fromEntries(answer.headers), body: await answer.text() }
}

/** TLS is beside the point here: who has the key is believed by it. */
const hubReads = async ({ headers, body }: Awaited<ReturnType<typeof readAnswer>>) => {
  const server = createServer((_, response) => response.writeHead(200, headers).end(body))
  const hub = await createHubClient(`http://${await listenOnPort(server)}`, SECRETS.default)
  const signal = AbortSignal.timeout(10_000)
  return hub.call('poll', { server: { username: 'alice' } }, signal)
}

const startService = async ({ cert, key }: Impostor['tls']): Promise<string> => {
  const dir = temporaryDirectory()
  const paths = { cert: join(dir, 'c.pem'), key: join(dir, 'k.pem') }
  writeFileSync(paths.cert, cert)
  writeFileSync(paths.key, key)
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined, tls: paths }
  const running = await serve(settings, createSpawner(createEmbeddedEngine().transport), () => {})
  onTestFinished(() => running.close())
  return running.url
}

/** A hub's start, sent over TLS and only to whom its authority has certified. */
const callsOf = (ca: string) => async (url: string) => {
  const data = startOf({ server: { username: 'alice', server_name: '' } }, {})
  const { body, ...call } = signed('start', data)
  const sent = request(`${url}/start`, { ...call, ca }).end(body)
  const [answer] = await once(sent, 'response')
  answer.resume()
}
