import { expect, test } from 'vitest'
import { laidOver } from '../../handlers/shared-data.ts'
import { sortHeld } from '../../src/spawner/state/held-room.ts'
import { judgeRoom } from '../../src/spawner/state/judge-room.ts'
import { GIB, gpus, holdOn, nodeOf, specOf } from '../spawner/state/room-world.ts'
import { growth, LINEAR } from '../support/growth.ts'

/** What fits costs time in proportion to the nodes, the tasks, and the bytes of what is asked. */

const server = { hub: 'default', serviceName: 'alice' }
const count = <T>(size: number, make: (index: number) => T): T[] =>
  Array.from({ length: size }, (_, index) => make(index))

const nodesOf = (size: number) =>
  count(size, (index) =>
    nodeOf(`n${index}`, { GenericResources: [gpus(4)], labels: { rack: `${index % 9}` } }),
  )
/** Five tasks on each node, which fill it. */
const heldOf = (nodes: number) =>
  count(nodes * 5, (index) =>
    holdOn(
      `n${index % nodes}`,
      { NanoCPUs: 1e9, MemoryBytes: GIB, GenericResources: [gpus(1)] },
      { minute: index % 60, server: `server-${index}` },
    ),
  )

const wanted = specOf(
  { NanoCPUs: 2e9, MemoryBytes: 2 * GIB, GenericResources: [gpus(2)] },
  { Constraints: ['node.labels.rack!=3'], Platforms: [{ OS: 'linux', Architecture: 'amd64' }] },
)

const COSTS: Readonly<Record<string, readonly [size: number, (size: number) => () => unknown]>> = {
  'a thousand nodes with five thousand tasks': [
    125,
    (size) => {
      const [nodes, held] = [nodesOf(size), heldOf(size)]
      return () => {
        const sorted = sortHeld(held)
        for (let asked = 0; asked < 12; asked++) judgeRoom(nodes, sorted, { spec: wanted, server })
      }
    },
  ],
  'one node with all the tasks': [
    1000,
    (size) => {
      const nodes = [nodeOf('n0', { GenericResources: [gpus(1)] })]
      const held = heldOf(size).map((hold) => ({ ...hold, nodeId: 'n0' }))
      return () => judgeRoom(nodes, sortHeld(held), { spec: wanted, server })
    },
  ],
  'tasks that all say that they are of this server': [
    1000,
    (size) => {
      const held = count(size, (index) =>
        holdOn(`n${index % 50}`, { NanoCPUs: 1e9 }, { server: 'alice' }),
      )
      const [nodes, sorted] = [nodesOf(50), sortHeld(held)]
      return () => judgeRoom(nodes, sorted, { spec: wanted, server })
    },
  ],
  'kinds of generic resources': [
    250,
    (size) => {
      const kinds = count(size, (n) => ({ DiscreteResourceSpec: { Kind: `k${n}`, Value: 1 } }))
      const nodes = count(20, (index) => nodeOf(`n${index}`, { GenericResources: kinds }))
      const spec = specOf({ GenericResources: kinds })
      return () => judgeRoom(nodes, sortHeld([]), { spec, server })
    },
  ],
  constraints: [
    500,
    (size) => {
      const Constraints = count(size, (n) => `node.labels.l${n}!=x`)
      const nodes = nodesOf(20)
      return () => judgeRoom(nodes, sortHeld([]), { spec: specOf({}, { Constraints }), server })
    },
  ],
  'constraints that no node meets': [
    500,
    (size) => {
      const Constraints = count(size, (n) => `node.labels.l${n}==x`)
      const nodes = nodesOf(20)
      return () => judgeRoom(nodes, sortHeld([]), { spec: specOf({}, { Constraints }), server })
    },
  ],
  'bytes that fifty requests share': [
    2000,
    (size) => {
      const shared = { env: { A: 'x'.repeat(size) } }
      return () => laidOver({ ...shared, requests: count(50, () => ({})) })
    },
  ],
}

test.each(Object.entries(COSTS))('what fits, with eight times as many: %s', (_, [size, work]) => {
  expect(growth(work, size)).toBeLessThan(LINEAR)
})
