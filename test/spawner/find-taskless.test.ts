import { describe, expect, test, vi } from 'vitest'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { poll } from '../../src/spawner/poll.ts'
import { readLabels, writeLabels } from '../../src/spawner/server/labels.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { startServer } from '../support/start-server.ts'

vi.mock('../../src/spawner/server/labels.ts', { spy: true })

const many = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => item(index))

/** A service of a user, as the Engine lists it. */
const serviceOf = (username: string) => {
  const labels = { hub: 'main', serviceName: username, username, serverName: '' }
  const more = { spawnId: 's', issuedAt: 1, port: 8888, startTimeoutS: 60 }
  return {
    ID: username,
    Version: { Index: 1 },
    CreatedAt: '2026-01-01T00:00:00Z',
    UpdatedAt: '2026-01-01T00:00:00Z',
    Spec: { Name: username, Labels: writeLabels({ ...labels, ...more }), TaskTemplate: {} },
  }
}

/** An Engine with services that have no tasks. */
const spawnerWith = (usernames: readonly string[]) => {
  const { transport } = createEmbeddedEngine()
  const answers: Record<string, unknown[]> = { services: usernames.map(serviceOf), tasks: [] }
  const listing: EngineTransport = async (request) => {
    const list = answers[/\/(services|tasks)(?:\?|$)/.exec(request.path)?.[1] ?? '']
    if (!list) return transport(request)
    const body = new Blob([JSON.stringify(list)]).stream()
    return { status: 200, header: () => undefined, body }
  }
  return createSpawner(listing)
}

const server = (username: string) => ({ username, server_name: '' })

describe('servers without a task', () => {
  test('are looked up among all services at a cost that grows with their number', async () => {
    const readsOf = async (count: number): Promise<number> => {
      const spawner = spawnerWith(many(count, (index) => `other-${index}`))
      const servers = many(count, (index) => server(`user-${index}`))
      vi.mocked(readLabels).mockClear()
      const states = await poll(spawner, { hub: 'main', servers })
      expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['absent']))
      return vi.mocked(readLabels).mock.calls.length
    }
    const [few, eightTimes] = [await readsOf(50), await readsOf(400)]
    expect(few).toBeGreaterThan(0)
    expect(eightTimes).toBeLessThanOrEqual(few * 8)
  })

  test('have each their own service, whatever its name is', async () => {
    const spawner = spawnerWith(['amy', 'bob'])
    const servers = ['bob', 'carol', 'amy'].map(server)
    const states = await poll(spawner, { hub: 'main', servers })
    expect(states.map(({ state, service_id }) => [state, service_id])).toEqual([
      ['starting', 'bob'],
      ['absent', null],
      ['starting', 'amy'],
    ])
    const ofOther = await poll(spawner, { hub: 'other', servers })
    expect(ofOther.map(({ state }) => state)).toEqual(['absent', 'absent', 'absent'])
  })
})

test('a server of a former prefix that has ended tells its last lines as any other', async () => {
  const spawner = createSpawner(createEmbeddedEngine({ speed: 20 }).transport)
  const former = { username: 'amy', service_prefix: 'former', image: 'demo/exit-3:1' }
  const started = await startServer(spawner, former, false)
  const polled = { hub: 'default', servers: [server('amy')] }
  await expect
    .poll(async () => (await poll(spawner, polled))[0])
    .toMatchObject({ state: 'failed', service_id: started.service_id, log: [expect.any(String)] })
})
