import { bytes } from './bytes.ts'
import { MIN_NANO_CPUS, nanoCpus, nanoCpusOf } from './cpus.ts'
import { asObject, type Entry, invalid, readFields, type Spellings, spellingOf } from './entries.ts'
import { readGenericResources } from './generic-resources.ts'

/**
 * The names of resource settings: docker-py's keyword arguments of `Resources`, the docker CLI's names for
 * swap, and the Engine's two objects.
 */
export const RESOURCES: Spellings = {
  cpu_limit: [],
  mem_limit: [],
  cpu_reservation: [],
  mem_reservation: [],
  generic_resources: [],
  memory_swap: ['SwapBytes'],
  memory_swappiness: ['MemorySwappiness'],
  Limits: [],
  Reservations: [],
}

/**
 * The smallest values that the Engine accepts (swarmkit, manager/controlapi/service.go). 0 means no limit, also
 * for the Engine.
 */
const MIN_MEMORY_BYTES = 4 * 1024 * 1024

/**
 * Reads `resource_spec`: CPUs in billionths, memory in bytes. Each key is an entry of its own, so that each can
 * be replaced alone.
 */
export const readResources = (input: unknown, at: string): Entry[] => {
  const fields = readFields(input, RESOURCES, at)
  const { cpu_limit, mem_limit, cpu_reservation, mem_reservation, generic_resources } = fields
  const flat: Entry[] = [
    entry(['Limits', 'NanoCPUs'], cpu_limit, `${at}.cpu_limit`),
    entry(['Limits', 'MemoryBytes'], mem_limit, `${at}.mem_limit`),
    entry(['Reservations', 'NanoCPUs'], cpu_reservation, `${at}.cpu_reservation`),
    entry(['Reservations', 'MemoryBytes'], mem_reservation, `${at}.mem_reservation`),
    entry(
      ['Reservations', 'GenericResources'],
      readGenericResources(generic_resources, `${at}.generic_resources`),
      `${at}.generic_resources`,
    ),
    ...readSwap(fields, (field) => `${at}.${spellingOf(input, RESOURCES, field)}`),
  ]
  const nested = ['Limits', 'Reservations'].flatMap((kind) =>
    fields[kind] === undefined
      ? []
      : Object.entries(asObject(fields[kind], `${at}.${kind}`)).map(([field, value]) =>
          entry(
            [kind, field],
            field === 'GenericResources'
              ? readGenericResources(value ?? undefined, `${at}.${kind}.${field}`)
              : value,
            `${at}.${kind}.${field}`,
          ),
        ),
  )
  return [...nested, ...flat]
    .filter(({ value }) => value !== undefined && value !== null)
    .map(inUnits)
    .map(checked)
}

/** Reads swap as `docker service create --memory-swap` does: the swap alone, without the memory. */
const readSwap = (fields: Record<string, unknown>, at: (field: string) => string): Entry[] => {
  const { memory_swap, memory_swappiness } = fields
  return [
    entry(['SwapBytes'], memory_swap, at('memory_swap')),
    entry(['MemorySwappiness'], memory_swappiness, at('memory_swappiness')),
  ]
}

/** Refuses swap without a memory limit, as the Engine does, but with the name of our setting. */
export const refuseSwapAlone = (entries: readonly Entry[]): void => {
  const [limit, swap] = ['Limits.MemoryBytes', 'SwapBytes'].map((field) =>
    entries.find(({ path }) => path.join('.') === `TaskTemplate.Resources.${field}`),
  )
  if (swap && !limit?.value)
    throw invalid(swap.from, 'needs a memory limit as well: set mem_limit, such as 2147483648')
}

/** Reads JupyterHub's own traits: CPUs as a fraction, memory in bytes or as `'1.5G'`. */
export const readHubResources = (config: {
  cpu_limit?: number | string | null | undefined
  cpu_guarantee?: number | string | null | undefined
  mem_limit?: number | string | null | undefined
  mem_guarantee?: number | string | null | undefined
}): Entry[] =>
  [
    entry(['Limits', 'NanoCPUs'], hubCpus(config.cpu_limit, 'cpu_limit'), 'cpu_limit'),
    entry(['Limits', 'MemoryBytes'], config.mem_limit, 'mem_limit'),
    entry(
      ['Reservations', 'NanoCPUs'],
      hubCpus(config.cpu_guarantee, 'cpu_guarantee'),
      'cpu_guarantee',
    ),
    entry(['Reservations', 'MemoryBytes'], config.mem_guarantee, 'mem_guarantee'),
  ]
    .map(inUnits)
    // 0 and None are JupyterHub's ways to write "no limit".
    .filter(({ value }) => Boolean(value))
    .map(checked)

const entry = (path: string[], value: unknown, from: string): Entry => ({
  path: ['TaskTemplate', 'Resources', ...path],
  value,
  from,
})

/** An empty text, as of a form, is no amount and says nothing: whoever reads the entries drops it. */
const inUnits = (given: Entry): Entry => {
  const { path, value, from } = given
  const field = path.at(-1)
  if (value === '') return given
  if (field === 'NanoCPUs') return { ...given, value: nanoCpus(value, from) }
  return field?.endsWith('Bytes') ? { ...given, value: bytes(value, from) } : given
}

const checked = (given: Entry): Entry => {
  const { value, from } = given
  const field = given.path.at(-1)
  if (field === 'NanoCPUs' && isBelow(value, MIN_NANO_CPUS))
    throw invalid(
      from,
      `${value} is ${decimal(value / 1e9)} CPU: one CPU is 1000000000, the Engine's minimum ${MIN_NANO_CPUS} (0.001 CPU)`,
    )
  if (field === 'MemoryBytes' && isBelow(value, MIN_MEMORY_BYTES))
    throw invalid(
      from,
      `${value} bytes is too little: the Engine's minimum is 4 MiB (${MIN_MEMORY_BYTES})`,
    )
  return given
}

const isBelow = (value: unknown, least: number): value is number =>
  typeof value === 'number' && value !== 0 && value < least

const decimal = (value: number): string => value.toFixed(9).replace(/\.?0+$/, '')

const hubCpus = (cpus: number | string | null | undefined, at: string): number | undefined =>
  cpus ? nanoCpusOf(cpus, at) : undefined
