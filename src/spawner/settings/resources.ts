import { bytes } from './bytes.ts'
import { asObject, type Entry, invalid, readFields, type Spellings, spellingOf } from './entries.ts'

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
const MIN_NANO_CPUS = 1e6
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
          entry([kind, field], value, `${at}.${kind}.${field}`),
        ),
  )
  return [...nested, ...flat]
    .filter(({ value }) => value !== undefined && value !== null)
    .map(inBytes)
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
  cpu_limit?: number | null | undefined
  cpu_guarantee?: number | null | undefined
  mem_limit?: number | string | null | undefined
  mem_guarantee?: number | string | null | undefined
}): Entry[] =>
  [
    entry(['Limits', 'NanoCPUs'], nanoCpus(config.cpu_limit), 'cpu_limit'),
    entry(['Limits', 'MemoryBytes'], config.mem_limit, 'mem_limit'),
    entry(['Reservations', 'NanoCPUs'], nanoCpus(config.cpu_guarantee), 'cpu_guarantee'),
    entry(['Reservations', 'MemoryBytes'], config.mem_guarantee, 'mem_guarantee'),
  ]
    .map(inBytes)
    // 0 and None are JupyterHub's ways to write "no limit".
    .filter(({ value }) => Boolean(value))
    .map(checked)

const entry = (path: string[], value: unknown, from: string): Entry => ({
  path: ['TaskTemplate', 'Resources', ...path],
  value,
  from,
})

/** An empty text, as of a form, is no amount and says nothing: whoever reads the entries drops it. */
const inBytes = (given: Entry): Entry =>
  given.path.at(-1)?.endsWith('Bytes') && given.value !== ''
    ? { ...given, value: bytes(given.value, given.from) }
    : given

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

const nanoCpus = (cpus: number | null | undefined): number | undefined =>
  cpus ? Math.round(cpus * 1e9) : undefined

/** Reads docker-py's short form: a dict of kinds. A number is a count, a text names one resource. */
const readGenericResources = (input: unknown, at: string): unknown => {
  if (input === undefined || Array.isArray(input)) return input
  return Object.entries(asObject(input, at)).map(([Kind, Value]) =>
    typeof Value === 'number'
      ? { DiscreteResourceSpec: { Kind, Value } }
      : { NamedResourceSpec: { Kind, Value } },
  )
}
