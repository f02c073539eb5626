import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { beforeEach, describe, expect, test } from 'vitest'
import { type RunningService, serve } from '../../../handlers/node.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { signedText } from '../../support/raw-call.ts'
import { keyOf, SECRETS } from '../../support/test-hub.ts'

/** What a hub has sent when the service is told to end is answered, and no connection of it is reset. */

const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
const poll = signedText('poll', { server: { username: 'alice' } })

let service: RunningService
beforeEach(async () => {
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined }
  service = await serve(settings, createSpawner(createEmbeddedEngine().transport), () => {})
})

const dial = (): Socket => connect(Number(new URL(service.url).port), '127.0.0.1')

/** All that comes on a connection until its end, or the code of its error. */
const answerOn = async (socket: Socket): Promise<string> => {
  let text = ''
  try {
    for await (const chunk of socket.setEncoding('utf8')) text += chunk
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
  return text
}

describe('a service that is told to end', () => {
  test('answers calls on connections that it has not accepted yet', async () => {
    const sockets = Array.from({ length: 200 }, dial)
    for (const socket of sockets) socket.write(poll)
    const answers = sockets.map(answerOn)
    // The kernel makes the connections by itself. Node.js looks for new ones in its next turn.
    await new Promise(process.nextTick)

    const closed = service.close()

    for (const answer of await Promise.all(answers)) expect(answer).toContain('"state":"absent"')
    await closed
  })

  test('answers a call that it has not read yet, on a connection that was idle', async () => {
    const socket = dial()
    socket.write(poll)
    await once(socket, 'data')
    const answer = answerOn(socket)
    socket.write(poll)

    const closed = service.close()

    expect(await answer).toContain('"state":"absent"')
    await closed
  })

  test('accepts no connection afterwards', async () => {
    await service.close()
    expect(await answerOn(dial())).toBe('ECONNREFUSED')
  })
})
