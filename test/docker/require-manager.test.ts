import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { ENGINE_VERSIONS } from '../../fixtures/fixture.ts'
import { requireManager } from '../../src/docker/require-manager.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const W = 'This node is not a swarm manager.'
const refuseReads = () =>
  engine.use(http.get('*/nodes', () => Response.json({ message: W }, { status: 503 })))

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  test('a manager passes as a manager', async () => {
    engine.replay(version, 'info.200')
    await expect(requireManager(engine.docker(version))).resolves.toBeUndefined()
  })

  test('an Engine outside of any swarm is told how to make one', async () => {
    const docker = engine.docker(version)
    engine.replay(version, 'ping.not-in-swarm', 'info.not-in-swarm')
    refuseReads()
    await expect(requireManager(docker)).rejects.toMatchObject({
      code: 'not_in_swarm',
      message: expect.stringContaining('docker swarm init'),
    })
  })

  test('a worker is not a manager', async () => {
    const docker = engine.docker(version)
    engine.replay(version, 'ping.worker', 'info.worker', 'node-list.not-a-manager')
    await expect(requireManager(docker)).rejects.toMatchObject({ code: 'not_a_manager' })
  })

  test('a worker does no harm if a read goes on to a manager', async () => {
    const docker = engine.docker(version)
    engine.replay(version, 'ping.worker', 'info.worker', 'node-list.200')
    await expect(requireManager(docker)).resolves.toBeUndefined()
  })
})

test('only an Engine whose ping does not tell its role is asked for its info', async () => {
  engine.replay('20.10', 'info.200')
  await requireManager(engine.docker('20.10'))
  expect((await engine.requests()).map(({ path }) => path)).toEqual([
    '/_ping',
    '/v1.41/_ping',
    '/v1.41/info',
  ])
})

describe('what the ping says of the swarm', () => {
  test.each([
    ['active/manager', undefined],
    ['locked', 'locked'],
    ['pending', 'unavailable'],
    ['error', 'unavailable'],
    ['inactive', 'not_in_swarm'],
    ['active/worker', 'not_a_manager'],
    ['a word of a later Engine', undefined],
  ])('a ping that says %s of the swarm is answered by %s', async (swarm, code) => {
    const docker = engine.docker('28.5')
    engine.use(
      http.head('*/_ping', () => new Response(null, { headers: { 'api-version': '1.51', swarm } })),
    )
    refuseReads()
    const done = requireManager(docker)
    if (code) await expect(done).rejects.toMatchObject({ code })
    else await expect(done).resolves.toBeUndefined()
  })
})

test('a manager that has trouble with its swarm is unavailable', async () => {
  const docker = engine.docker('20.10')
  const Swarm = { LocalNodeState: 'active', ControlAvailable: true, Error: 'no leader' }
  engine.use(
    http.get('*/info', () => Response.json({ ServerVersion: '20.10.24', Name: 'node-1', Swarm })),
  )
  refuseReads()
  await expect(requireManager(docker)).rejects.toMatchObject({ code: 'unavailable' })
})
