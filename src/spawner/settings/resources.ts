import { bytes } from './bytes.ts'
import { CPU_WORDS, MIN_NANO_CPUS, nanoCpus, nanoCpusOf } from './cpus.ts'
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
export const readHubResources = (
  config: {
    cpu_limit?: unknown
    cpu_guarantee?: unknown
    mem_limit?: unknown
    mem_guarantee?: unknown
  },
  named = (name: string): string => name,
): Entry[] =>
  [
    hubEntry(['Limits', 'NanoCPUs'], config.cpu_limit, named('cpu_limit')),
    hubEntry(['Limits', 'MemoryBytes'], config.mem_limit, named('mem_limit')),
    hubEntry(['Reservations', 'NanoCPUs'], config.cpu_guarantee, named('cpu_guarantee')),
    hubEntry(['Reservations', 'MemoryBytes'], config.mem_guarantee, named('mem_guarantee')),
  ]
    .map(inUnits)
    // 0 and None are JupyterHub's ways to write "no limit".
    .filter(({ value }) => Boolean(value))
    .map(checked)

const hubEntry = (path: string[], value: unknown, from: string): Entry =>
  entry(path, path.at(-1) === 'NanoCPUs' ? hubCpus(value, from) : value, from)

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

const hubCpus = (cpus: unknown, at: string): number | undefined => {
  if (!cpus) return undefined
  if (typeof cpus !== 'string' && typeof cpus !== 'number')
    throw invalid(at, `must be ${CPU_WORDS}`)
  return nanoCpusOf(cpus, at)
}
