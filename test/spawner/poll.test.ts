import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { cursorOf, poll } from '../../src/spawner/poll.ts'
import { serviceName } from '../../src/spawner/server/service-name.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { absent, type ServerState } from '../../src/spawner/state/server-state.ts'
import { startServer } from '../support/start-server.ts'

const at = (cursor: string): ServerState => ({ ...absent('x'), cursor })

describe('the cursor of what was polled', () => {
  test('the cursor of one server is that of the server', () => {
    expect(cursorOf([at('task:running')])).toBe('task:running')
  })

  test('the cursor of several servers is short, and the same while they are the same', () => {
    expect(cursorOf([at('a'), at('b')])).toMatch(/^[0-9a-f]{16}$/)
    expect(cursorOf([at('a'), at('b')])).toBe(cursorOf([at('a'), at('b')]))
  })

  test('the cursor of no servers is a cursor, too', () => {
    expect(cursorOf([])).toMatch(/^[0-9a-f]{16}$/)
  })

  test.each([
    ['one changes', [at('a'), at('c')]],
    ['the order changes', [at('b'), at('a')]],
    ['one more comes', [at('a'), at('b'), at('c')]],
    ['two run into one', [at('ab'), at('')]],
  ])('the cursor of several servers changes if %s', (_, states) => {
    expect(cursorOf(states)).not.toBe(cursorOf([at('a'), at('b')]))
  })
})

test('two cursors are the same only if all states are the same', () => {
  const cursors = fc.array(fc.stringMatching(/^[a-z:0-9]{0,4}$/), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(cursors, cursors, (one, other) => {
      const isSame = cursorOf(one.map(at)) === cursorOf(other.map(at))
      expect(isSame).toBe(JSON.stringify(one) === JSON.stringify(other))
    }),
  )
})

describe('what the Engine refuses for one server', () => {
  const bob = { username: 'bob', server_name: '' }
  const amy = { username: 'amy', server_name: '' }

  /** Both have ended; the service of the one can't be removed. */
  const bothEnded = async (code: number) => {
    const { transport } = createEmbeddedEngine({ speed: 20 })
    let isRefusing = false
    const spawner = createSpawner(async (request) => {
      const body = new TextEncoder().encode(JSON.stringify({ message: 'it is stuck' }))
      const isMeant = isRefusing && request.method === 'DELETE' && request.path.endsWith(bobsId)
      if (!isMeant) return transport(request)
      return { status: code, header: () => undefined, body: new Blob([body]).stream() }
    })
    // Nobody waits for these starts, so that nobody has seen their ends yet.
    const image = 'demo/exit-3:1'
    const { service_id } = await startServer(spawner, { ...bob, image }, false)
    const bobsId = `/${service_id}`
    await startServer(spawner, { ...amy, image }, false)
    for (const server of [bob, amy])
      await expect
        .poll(async () => (await spawner.watch(serviceName(server), LOOK))[0]?.Status.State)
        .toBe('failed')
    isRefusing = true
    return poll(spawner, { hub: 'default', servers: [bob, amy] })
  }
  const LOOK = { paceMs: 0, signal: new AbortController().signal }

  test('an error that the Engine tells of one server is told of that server, and of the other how it ended', async () => {
    const states = await bothEnded(500)
    expect(states).toMatchObject([
      { state: 'starting', status: null, reason: expect.stringContaining('it is stuck') },
      { state: 'failed', status: 3 },
    ])
  })

  test('an Engine that cannot be asked is an error about both servers', async () => {
    await expect(bothEnded(503)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
