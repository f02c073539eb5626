import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { buildSpec } from '../../../src/spawner/build-spec.ts'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { readHubResources, readResources } from '../../../src/spawner/settings/resources.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'

/** Each value by its place below TaskTemplate.Resources, and the setting it came from. */
const table = (entries: ReturnType<typeof readResources>) =>
  Object.fromEntries(
    entries.map(({ path, value, from }) => [path.slice(2).join('.'), [value, from]]),
  )

describe('resource_spec', () => {
  test("resource_spec is read in docker-py's spelling, as the old README has it", () => {
    const spec = {
      cpu_limit: 1_000_000_000,
      mem_limit: 512_000_000,
      cpu_reservation: 500_000_000,
      mem_reservation: 256_000_000,
    }
    expect(table(readResources(spec, 'resource_spec'))).toEqual({
      'Limits.NanoCPUs': [1_000_000_000, 'resource_spec.cpu_limit'],
      'Limits.MemoryBytes': [512_000_000, 'resource_spec.mem_limit'],
      'Reservations.NanoCPUs': [500_000_000, 'resource_spec.cpu_reservation'],
      'Reservations.MemoryBytes': [256_000_000, 'resource_spec.mem_reservation'],
    })
  })

  test.each([
    { mem_limit: '16g', mem_reservation: '512 MB', memory_swap: '1Gi' },
    {
      Limits: { MemoryBytes: '16G' },
      Reservations: { MemoryBytes: '512mb' },
      SwapBytes: '1GiB',
    },
  ])('with memory as a text: %j', (spec) => {
    const values = readResources(spec, 'r').map(({ path, value }) => [path.slice(2), value])
    expect(Object.fromEntries(values)).toEqual({
      'Limits,MemoryBytes': 16 * 1024 ** 3,
      'Reservations,MemoryBytes': 512 * 1024 ** 2,
      SwapBytes: 1024 ** 3,
    })
  })

  test("resource_spec is read in both spellings, of which docker-py's comes last and so wins", () => {
    const spec = { cpu_limit: 2e9, Limits: { NanoCPUs: 1e9 } }
    expect(table(readResources(spec, 'r'))).toEqual({ 'Limits.NanoCPUs': [2e9, 'r.cpu_limit'] })
  })

  test("resource_spec is read in the Engine's spelling", () => {
    const spec = {
      Limits: { NanoCPUs: 1e9, Pids: 100 },
      Reservations: { MemoryBytes: 256e6, GenericResources: [] },
    }
    expect(table(readResources(spec, 'resource_spec'))).toEqual({
      'Limits.NanoCPUs': [1e9, 'resource_spec.Limits.NanoCPUs'],
      'Limits.Pids': [100, 'resource_spec.Limits.Pids'],
      'Reservations.MemoryBytes': [256e6, 'resource_spec.Reservations.MemoryBytes'],
      'Reservations.GenericResources': [[], 'resource_spec.Reservations.GenericResources'],
    })
  })

  test.each([
    ['an empty dict', {}, {}],
    ['None in each', { cpu_limit: null, mem_limit: null, Limits: null }, {}],
    ['None within', { Limits: { NanoCPUs: null } }, {}],
    [
      '0, which is no limit to the Engine',
      { cpu_limit: 0 },
      { 'Limits.NanoCPUs': [0, 'r.cpu_limit'] },
    ],
    ['the least CPU', { cpu_limit: 1e6 }, { 'Limits.NanoCPUs': [1e6, 'r.cpu_limit'] }],
    [
      'the least memory',
      { mem_limit: 4_194_304 },
      { 'Limits.MemoryBytes': [4_194_304, 'r.mem_limit'] },
    ],
  ])('resource_spec is read: %s', (_, spec, expected) => {
    expect(table(readResources(spec, 'r'))).toEqual(expected)
  })

  test.each([{ generic_resources: { gpu: 1 } }, { Reservations: { GenericResources: ['gpu=1'] } }])(
    'generic resources in either spelling: %j',
    (spec) => {
      const [[key, [value] = []] = []] = Object.entries(table(readResources(spec, 'r')))
      expect(key).toBe('Reservations.GenericResources')
      expect(value).toEqual([{ DiscreteResourceSpec: { Kind: 'gpu', Value: 1 } }])
    },
  )

  test.each([{ generic_resources: { fpga: 0 } }, { Reservations: { GenericResources: null } }])(
    'generic resources that say nothing are left out: %j',
    (spec) => {
      expect(readResources(spec, 'r')).toEqual([])
    },
  )

  test.each([
    [
      "the old README's cpu_limit of 1000",
      { cpu_limit: 1000 },
      "r.cpu_limit: 1000 is 0.000001 CPU: one CPU is 1000000000, the Engine's minimum 1000000 (0.001 CPU)",
    ],
    ['a fraction of a CPU', { cpu_reservation: 0.5 }, 'r.cpu_reservation: 0.5 is 0.000000001 CPU'],
    ['less than none', { cpu_limit: -1e9 }, 'r.cpu_limit: -1000000000 is -1 CPU'],
    [
      'memory in megabytes',
      { mem_limit: 512 },
      "r.mem_limit: 512 bytes is too little: the Engine's minimum is 4 MiB (4194304)",
    ],
    [
      "the Engine's spelling too",
      { Limits: { NanoCPUs: 2 } },
      'r.Limits.NanoCPUs: 2 is 0.000000002 CPU',
    ],
    [
      'a text that is no amount',
      { mem_limit: '16X' },
      'r.mem_limit: must be a number of bytes, or a text',
    ],
    [
      "the same in the Engine's spelling",
      { Limits: { MemoryBytes: '1e9' } },
      'r.Limits.MemoryBytes',
    ],
    ['an unknown key', { cpus: 2 }, 'r.cpus: not a setting; the settings are cpu_limit,'],
    ['a list', [], 'r: must be a dict'],
    ['limits that are none', { Limits: 5 }, 'r.Limits: must be a dict'],
    [
      'generic resources that are none',
      { generic_resources: 'gpu' },
      "r.generic_resources: must be a count, such as {'gpu': 1}",
    ],
  ])('resource_spec refuses %s', (_, spec, message) => {
    expect(() => readResources(spec, 'r')).toThrow(SpawnError)
    expect(() => readResources(spec, 'r')).toThrow(message)
  })
})

describe("JupyterHub's own traits", () => {
  test("JupyterHub's own traits are CPUs, and bytes or texts", () => {
    const config = {
      cpu_limit: 1.5,
      cpu_guarantee: 0.1,
      mem_limit: '1.5G',
      mem_guarantee: 536_870_912,
    }
    expect(table(readHubResources(config))).toEqual({
      'Limits.NanoCPUs': [1_500_000_000, 'cpu_limit'],
      'Limits.MemoryBytes': [1_610_612_736, 'mem_limit'],
      'Reservations.NanoCPUs': [100_000_000, 'cpu_guarantee'],
      'Reservations.MemoryBytes': [536_870_912, 'mem_guarantee'],
    })
  })

  test.each([
    ['nothing', {}],
    ['None', { cpu_limit: null, mem_limit: null, cpu_guarantee: null, mem_guarantee: null }],
    ['0, which is no limit', { cpu_limit: 0, mem_limit: 0, mem_guarantee: '0' }],
  ])('a trait of JupyterHub says nothing: %s', (_, config) => {
    expect(readHubResources(config)).toEqual([])
  })

  test.each([
    [
      'a unit that is none',
      { mem_limit: '1.5X' },
      "mem_limit: must be a number of bytes, or a text such as '2G'",
    ],
    ['too little memory', { mem_limit: '1K' }, 'mem_limit: 1024 bytes is too little'],
    ['too little CPU', { cpu_guarantee: 0.0001 }, 'cpu_guarantee: 100000 is 0.0001 CPU'],
    ['less than none', { cpu_limit: -1 }, 'cpu_limit: -1000000000 is -1 CPU'],
  ])('a trait of JupyterHub is refused: %s', (_, config, message) => {
    expect(() => readHubResources(config)).toThrow(message)
  })
})

describe('whatever the amounts', () => {
  const nanoCpus = fc.integer({ min: 1e6, max: 1e12 })
  const memory = fc.integer({ min: 4 * 1024 ** 2, max: 2 ** 50 })

  test("any amounts mean the same in docker-py's spelling and the Engine's", () => {
    fc.assert(
      fc.property(nanoCpus, memory, (NanoCPUs, MemoryBytes) => {
        const values = (spec: unknown) =>
          readResources(spec, 'at').map(({ path, value }) => [path.join('.'), value])
        expect(values({ cpu_limit: NanoCPUs, mem_limit: MemoryBytes })).toEqual(
          values({ Limits: { NanoCPUs, MemoryBytes } }),
        )
      }),
    )
  })

  test("the Engine is told JupyterHub's CPUs in billionths, never more than a half off", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1024, noNaN: true }), (cpu_limit) => {
        const [entry] = readHubResources({ cpu_limit })
        expect(Math.abs(Number(entry?.value) - cpu_limit * 1e9)).toBeLessThanOrEqual(0.5)
        expect(Number.isInteger(entry?.value)).toBe(true)
      }),
    )
  })

  test('an amount that is too little is refused before the Engine is asked, and 0 is no limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 - 1 }), (little) => {
        expect(() => readResources({ cpu_limit: little }, 'at')).toThrow('at.cpu_limit')
        expect(() => readResources({ mem_reservation: little }, 'at')).toThrow('at.mem_reservation')
        expect(readHubResources({ cpu_limit: 0, mem_limit: null })).toEqual([])
      }),
    )
  })
})

describe('swap', () => {
  test('swap is read in the words of docker service create, and in those of the Engine', () => {
    expect(table(readResources({ memory_swap: '32M', memory_swappiness: 10 }, 'r'))).toEqual({
      SwapBytes: [33_554_432, 'r.memory_swap'],
      MemorySwappiness: [10, 'r.memory_swappiness'],
    })
    expect(table(readResources({ SwapBytes: -1, MemorySwappiness: 0 }, 'r'))).toEqual({
      SwapBytes: [-1, 'r.SwapBytes'],
      MemorySwappiness: [0, 'r.MemorySwappiness'],
    })
    expect(table(readResources({ memory_swap: 0 }, 'r'))).toEqual({
      SwapBytes: [0, 'r.memory_swap'],
    })
  })

  test('swap is not given in two spellings, nor as another text', () => {
    expect(() => readResources({ memory_swap: 1, SwapBytes: 1 }, 'r')).toThrow('given twice')
    expect(() => readResources({ memory_swap: 'lots' }, 'r')).toThrow(
      'r.memory_swap: must be a number of bytes',
    )
  })

  test.each([
    [{ memory_swap: 1 }, 'resource_spec.memory_swap: needs a memory limit as well'],
    [{ memory_swap: 1, mem_limit: 0 }, 'resource_spec.memory_swap: needs a memory limit as well'],
    [{ memory_swap: -2, mem_limit: 2 ** 30 }, 'resource_spec.memory_swap'],
    [{ memory_swap: 1.5, mem_limit: 2 ** 30 }, 'resource_spec.memory_swap'],
    [{ memory_swappiness: 101 }, 'resource_spec.memory_swappiness'],
    [{ memory_swappiness: '10' }, 'resource_spec.memory_swappiness'],
  ])('swap that the Engine would refuse is refused by its name: %j', (resource_spec, message) => {
    expect(() => build({ resource_spec })).toThrow(message)
  })

  test("swap may come with the memory limit of JupyterHub's own", () => {
    const { Resources } = build({ resource_spec: { memory_swap: 0 }, mem_limit: '1G' })
    expect(Resources).toEqual({ Limits: { MemoryBytes: 2 ** 30 }, SwapBytes: 0 })
  })
})

const build = (config: object) => {
  const data = { server: { username: 'alice' }, config: { service_image: 'lab', ...config } }
  return buildSpec('default', v.parse(StartRequest, data)).spec.TaskTemplate
}
