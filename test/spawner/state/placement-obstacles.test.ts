import fc from 'fast-check'
import { expect, test } from 'vitest'
import { couldFit } from '../../../src/spawner/state/could-fit.ts'
import { placementObstacles } from '../../../src/spawner/state/placement-obstacles.ts'
import { GIB, gpus, holdOn, judge, nodeOf, specOf } from './room-world.ts'

const amount = fc.constantFrom(0, 1, 2, 4)
const resources = fc.record({
  NanoCPUs: amount.map((n) => n * 1e9),
  MemoryBytes: amount.map((n) => n * GIB),
  GenericResources: amount.map((n) => (n === 0 ? [] : [gpus(n)])),
})
const node = fc
  .record({
    state: fc.constantFrom('ready', 'ready', 'down', 'unknown'),
    availability: fc.constantFrom('active', 'active', 'drain'),
    arch: fc.constantFrom('x86_64', 'aarch64'),
    disk: fc.constantFrom('ssd', 'hdd'),
    resources,
  })
  .map(({ disk, resources: has, ...rest }) => ({ ...rest, labels: { disk }, ...has }))
const nodes = fc
  .array(node, { maxLength: 5 })
  .map((all) => all.map((one, index) => nodeOf(`n${index}`, one)))
const placement = fc.record({
  Constraints: fc.subarray(['node.labels.disk==ssd', 'node.hostname!=n0', 'node.role==worker']),
  Platforms: fc.subarray([{ OS: 'linux', Architecture: 'amd64' }, { Architecture: 'arm64' }]),
})
const spec = fc.tuple(resources, placement).map(([has, where]) => specOf(has, where))

test('there is an obstacle if and only if no node could fit the server: both are what a start goes by', () => {
  fc.assert(
    fc.property(nodes, spec, (all, one) => {
      const isFit = all.some((candidate) => couldFit(candidate, one))
      expect(placementObstacles(all, one).length === 0).toBe(isFit)
    }),
  )
})

test('never is what has obstacles, and what fits now fits with fewer tasks as well', () => {
  const holds = fc.array(fc.tuple(fc.nat(4), resources), { maxLength: 6 })
  fc.assert(
    fc.property(nodes, spec, holds, (all, one, some) => {
      const held = some.map(([index, has]) => holdOn(`n${index}`, has, { minute: index }))
      const { fits } = judge(all, held, one)
      expect(fits === 'never').toBe(placementObstacles(all, one).length > 0)
      if (fits === 'now') expect(judge(all, held.slice(1), one).fits).toBe('now')
      if (fits !== 'never') expect(judge(all, [], one).fits).toBe('now')
    }),
  )
})

test.each([
  ['x86_64', { OS: 'linux', Architecture: 'amd64' }, true],
  ['x86_64', { Architecture: 'x86_64' }, true],
  ['aarch64', { OS: 'linux', Architecture: 'arm64' }, true],
  ['aarch64', { OS: 'linux' }, true],
  ['aarch64', { OS: 'windows' }, false],
  ['x86_64', { OS: 'linux', Architecture: 'arm64' }, false],
])('whether a node of %s is of the platform %j: %s', (arch, platform, expected) => {
  expect(couldFit(nodeOf('a', { arch }), specOf({}, { Platforms: [platform] }))).toBe(expected)
})

test('a start that names several platforms takes a node of any', () => {
  const either = specOf({}, { Platforms: [{ Architecture: 's390x' }, { Architecture: 'amd64' }] })
  expect(placementObstacles([nodeOf('a')], either)).toEqual([])
})
