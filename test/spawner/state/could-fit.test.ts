import { describe, expect, test } from 'vitest'
import type { Node } from '../../../src/docker/nodes.ts'
import type { ServiceSpec } from '../../../src/docker/service-spec.ts'
import { couldFit } from '../../../src/spawner/state/could-fit.ts'

const nodeOf = ({
  state = 'ready',
  availability = 'active',
  resources = { NanoCPUs: 2e9, MemoryBytes: 4e9 },
}: {
  state?: string
  availability?: string
  resources?: { NanoCPUs?: number; MemoryBytes?: number; GenericResources?: object[] }
} = {}): Node => ({
  ID: 'n',
  Spec: { Role: 'worker', Availability: availability },
  Description: { Hostname: 'n', Resources: resources },
  Status: { State: state },
})

const specOf = (Reservations?: { NanoCPUs?: number; MemoryBytes?: number }): ServiceSpec => ({
  Name: 'x',
  TaskTemplate: {
    ContainerSpec: { Image: 'x' },
    ...(Reservations && { Resources: { Reservations } }),
  },
})

describe('a node could fit a server', () => {
  test.each([
    ['that reserves nothing', nodeOf(), specOf(), true],
    ['that reserves less than it has', nodeOf(), specOf({ NanoCPUs: 1e9, MemoryBytes: 1e9 }), true],
    ['that reserves all it has', nodeOf(), specOf({ NanoCPUs: 2e9, MemoryBytes: 4e9 }), true],
    [
      'that reserves nothing, though it says not what it has',
      nodeOf({ resources: {} }),
      specOf(),
      true,
    ],
    ['not with too few CPUs', nodeOf(), specOf({ NanoCPUs: 2e9 + 1 }), false],
    ['not with too little memory', nodeOf(), specOf({ MemoryBytes: 4e9 + 1 }), false],
    [
      'not where it says not what it has',
      nodeOf({ resources: {} }),
      specOf({ NanoCPUs: 1e9 }),
      false,
    ],
    ['not while drained', nodeOf({ availability: 'drain' }), specOf(), false],
    ['not while paused', nodeOf({ availability: 'pause' }), specOf(), false],
    ['not while down', nodeOf({ state: 'down' }), specOf(), false],
    ['that nobody has heard of since an election', nodeOf({ state: 'unknown' }), specOf(), true],
  ])('whether a node could fit a server: %s', (_, node, spec, expected) => {
    expect(couldFit(node, spec)).toBe(expected)
  })

  test.each([
    ['node.role==worker', true],
    ['node.role==manager', false],
    ['node.labels.gpu==yes', false],
    ['what Swarm may know', true],
  ])('whether a node could fit a server that is to run where %s: %s', (constraint, expected) => {
    const spec = specOf()
    const placed = { ...spec.TaskTemplate, Placement: { Constraints: [constraint] } }
    expect(couldFit(nodeOf(), { ...spec, TaskTemplate: placed })).toBe(expected)
  })

  test.each([
    ['linux/x86_64', { OS: 'linux', Architecture: 'amd64' }, true],
    ['linux/aarch64', { OS: 'linux', Architecture: 'arm64' }, true],
    ['linux/x86_64', { OS: 'linux' }, true],
    ['linux/x86_64', { Architecture: 'x86_64' }, true],
    ['linux/aarch64', { OS: 'linux', Architecture: 'amd64' }, false],
    ['windows/x86_64', { OS: 'linux', Architecture: 'amd64' }, false],
    [undefined, { OS: 'linux' }, true],
  ])('whether a node of %s could fit a server for %j: %s', (platform, wanted, expected) => {
    const [OS, Architecture] = platform?.split('/') ?? []
    const node = nodeOf()
    const Description = { ...node.Description, ...(OS && { Platform: { OS, Architecture } }) }
    const spec = specOf()
    const placed = { ...spec.TaskTemplate, Placement: { Platforms: [wanted] } }
    expect(couldFit({ ...node, Description }, { ...spec, TaskTemplate: placed })).toBe(expected)
  })

  test('a node could fit a server that reserves as many of a kind as it has, counted or named', () => {
    const gpus = (count: number) => ({ DiscreteResourceSpec: { Kind: 'gpu', Value: count } })
    const named = (name: string) => ({ NamedResourceSpec: { Kind: 'gpu', Value: name } })
    const fits = (
      has: object[] | undefined,
      reserved: (ReturnType<typeof gpus> | ReturnType<typeof named>)[],
    ) => {
      const node = nodeOf({ resources: { NanoCPUs: 1, ...(has && { GenericResources: has }) } })
      const spec = specOf()
      const Resources = { Reservations: { GenericResources: reserved } }
      return couldFit(node, { ...spec, TaskTemplate: { ...spec.TaskTemplate, Resources } })
    }
    expect(fits([gpus(2)], [gpus(2)])).toBe(true)
    expect(fits([gpus(2)], [gpus(3)])).toBe(false)
    expect(fits([named('a'), named('b')], [gpus(2)])).toBe(true)
    expect(fits([named('a')], [gpus(2)])).toBe(false)
    expect(fits(undefined, [gpus(1)])).toBe(false)
    expect(fits(undefined, [])).toBe(true)
  })

  test('a node could fit a server whatever its limits are', () => {
    const spec = specOf()
    const limited = { ...spec.TaskTemplate, Resources: { Limits: { NanoCPUs: 64e9 } } }
    expect(couldFit(nodeOf(), { ...spec, TaskTemplate: limited })).toBe(true)
  })
})
