import { expect, test } from 'vitest'
import { ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { connectDocker } from '../../src/docker/docker.ts'
import { listHeldResources } from '../../src/docker/held-resources.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'

const answering =
  (tasks: unknown): EngineTransport =>
  async () => ({
    status: 200,
    header: (name) => (name === 'api-version' ? '1.47' : undefined),
    body: (async function* () {
      yield Buffer.from(JSON.stringify(tasks))
    })(),
  })

const heldOf = (tasks: unknown, keepsLabel = (_: string) => true) =>
  listHeldResources(connectDocker(answering(tasks)), { keepsLabel })

const Reservations = {
  NanoCPUs: 1e9,
  GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 1 } }],
}
const task = (State: string, more: object = {}) => ({
  NodeID: 'node-1',
  DesiredState: 'running',
  Spec: { ContainerSpec: { Labels: { ours: 'a', theirs: 'b' } }, Resources: { Reservations } },
  Status: { State, Timestamp: '2026-11-28T10:00:00Z' },
  ...more,
})

test.each(['assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'])(
  'a task that is %s holds what it reserves, with the time of its state',
  async (state) => {
    expect(await heldOf([task(state)], (name) => name === 'ours')).toEqual([
      {
        nodeId: 'node-1',
        since: '2026-11-28T10:00:00Z',
        reservations: Reservations,
        labels: { ours: 'a' },
      },
    ])
  },
)

test.each([
  'new',
  'allocated',
  'pending',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
])('a task that is %s holds nothing', async (state) => {
  expect(await heldOf([task(state)])).toEqual([])
})

test('a task that is being stopped holds what it reserves until its container is gone', async () => {
  expect(await heldOf([task('running', { DesiredState: 'remove' })])).toHaveLength(1)
})

test('a task without a node, and one that reserves nothing, hold nothing', async () => {
  const Spec = { ContainerSpec: {}, Resources: { Limits: { NanoCPUs: 1e9 } } }
  expect(
    await heldOf([
      task('running', { NodeID: '' }),
      task('running', { Spec }),
      task('running', { Spec: {} }),
    ]),
  ).toEqual([])
})

test.each(ENGINE_VERSIONS)(
  'what an Engine %s says of a task that runs is read',
  async (version) => {
    const { response } = readFixture(version, 'task-list.running.200')
    const [held] = await heldOf('json' in response ? response.json : [])
    expect(held?.reservations).toEqual({ MemoryBytes: 16_777_216 })
    expect(Date.parse(held?.since ?? '')).toBeGreaterThan(0)
  },
)
