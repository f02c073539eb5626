import { nanoseconds } from './durations.ts'
import { asObject, type Entry, invalid, readFields, type Spellings, spellingOf } from './entries.ts'
import { type Author, readMounts } from './mounts.ts'
import { readNetworks } from './networks.ts'
import { readPlacement } from './placement.ts'
import { readResources } from './resources.ts'
import { escapeTemplate, fill, mapStrings, type Placeholders } from './template.ts'

/** The Engine's fields of a ContainerSpec, and docker-py's names for them. */
const CONTAINER_SPEC: Spellings = {
  Image: ['image'],
  Command: ['command'],
  Args: ['args'],
  Hostname: ['hostname'],
  Env: ['env', 'environment'],
  Dir: ['workdir', 'dir'],
  User: ['user'],
  Groups: ['groups'],
  Labels: ['labels'],
  Mounts: ['mounts'],
  Privileges: ['privileges'],
  TTY: ['tty'],
  OpenStdin: ['open_stdin'],
  ReadOnly: ['read_only'],
  StopSignal: ['stop_signal'],
  StopGracePeriod: ['stop_grace_period'],
  Healthcheck: ['healthcheck', 'HealthCheck'],
  Hosts: ['hosts'],
  DNSConfig: ['dns_config'],
  Secrets: ['secrets'],
  Configs: ['configs'],
  Isolation: ['isolation'],
  Init: ['init'],
  Sysctls: ['sysctls'],
  CapabilityAdd: ['cap_add'],
  CapabilityDrop: ['cap_drop'],
  Ulimits: ['ulimits'],
  OomScoreAdj: ['oom_score_adj'],
}

/** What the old README nests in a user's container_spec although it is not part of one. */
const NESTED: Spellings = {
  resource_spec: [],
  placement: [],
  networks: ['network'],
  name: [],
}

const DNS_CONFIG: Spellings = {
  Nameservers: ['nameservers'],
  Search: ['search'],
  Options: ['options'],
}

const HEALTHCHECK: Spellings = {
  Test: ['test'],
  Interval: ['interval'],
  Timeout: ['timeout'],
  Retries: ['retries'],
  StartPeriod: ['start_period'],
  StartInterval: ['start_interval'],
}

export type Context = { placeholders: Placeholders; author: Author }

type Reader = (value: unknown, context: Context, at: string) => unknown

const READERS: Readonly<Record<string, Reader>> = {
  Command: (value) => readWords(value),
  Args: (value) => readWords(value),
  Mounts: readMounts,
  StopGracePeriod: (value, _, at) => nanoseconds(value, at),
  Healthcheck: (value, _, at) => readHealthcheck(value, at),
  Hosts: (value) => readHosts(value),
  DNSConfig: (value, _, at) => readFields(value, DNS_CONFIG, at),
  Hostname: (value, { author }) => (author === 'user' ? mapStrings(value, escapeTemplate) : value),
}

const CONTAINER = ['TaskTemplate', 'ContainerSpec']

/** Reads `container_spec`, in docker-py's spelling or the Engine's, and what the old README nests in it. */
export const readContainerSpec = (input: unknown, context: Context, at: string): Entry[] => {
  const fields = readFields(input, { ...CONTAINER_SPEC, ...NESTED }, at)
  const { resource_spec, placement, networks, name, ...container } = fields
  if (name)
    throw invalid(`${at}.name`, "can't be chosen: the hub's server name makes the service name")
  return [
    ...Object.entries(container).flatMap(([field, value]) =>
      readContainerField(
        field,
        value,
        context,
        `${at}.${spellingOf(input, CONTAINER_SPEC, field)}`,
      ),
    ),
    ...(resource_spec === undefined ? [] : readResources(resource_spec, `${at}.resource_spec`)),
    ...(isLeftAlone(placement) ? [] : readPlacement(placement, `${at}.placement`)),
    ...(isLeftAlone(networks)
      ? []
      : [networkEntry(networks, `${at}.${spellingOf(input, NESTED, 'networks')}`)]),
  ]
}

/** The old README's template nests empty lists for what a user leaves alone. */
const isLeftAlone = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0)

/** Reads one field of a ContainerSpec, by the Engine's name. */
export const readContainerField = (
  field: string,
  value: unknown,
  context: Context,
  at: string,
): Entry[] => {
  // The old README's template has empty texts for what a user leaves alone.
  if (value === '') return []
  if (field === 'Env') return readEnvironment(value, context.author, at)
  if (field === 'Labels') return readLabelEntries([...CONTAINER, 'Labels'], value, context, at)
  const read = READERS[field]
  return [{ path: [...CONTAINER, field], value: read ? read(value, context, at) : value, from: at }]
}

/** Reads an environment, a dict or a list of `NAME=value`, into one entry a variable; in a user's, templates are text. */
export const readEnvironment = (input: unknown, author: Author, at: string): Entry[] => {
  const pairs = Array.isArray(input) ? input.map((text) => splitPair(text, at)) : dictOf(input, at)
  return pairs
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => {
      if (!/^[^=\0]+$/.test(name)) throw invalid(at, 'a variable has no usable name')
      const text = readText(value, `${at}.${name}`)
      return {
        path: [...CONTAINER, 'Env', name],
        value: author === 'user' ? escapeTemplate(text) : text,
        from: `${at}.${name}`,
      }
    })
}

/** Reads labels into one entry a label, placeholders filled in. */
export const readLabelEntries = (
  path: readonly string[],
  input: unknown,
  { placeholders }: Context,
  at: string,
): Entry[] =>
  dictOf(input, at).map(([name, value]) => ({
    path: [...path, name],
    value: mapStrings(value, (text) => fill(text, placeholders)),
    from: `${at}.${name}`,
  }))

/** The networks go into the task template: Engines since API 1.44 ignore those of the service. */
export const networkEntry = (input: unknown, at: string): Entry => ({
  path: ['TaskTemplate', 'Networks'],
  value: readNetworks(input, at),
  from: at,
})

/** Reads a health check; the durations as `'30s'` or nanoseconds. */
export const readHealthcheck = (input: unknown, at: string): unknown =>
  Object.fromEntries(
    Object.entries(readFields(input, HEALTHCHECK, at)).map(([field, value]) => [
      field,
      readHealthField(field, value, `${at}.${spellingOf(input, HEALTHCHECK, field)}`),
    ]),
  )

const readHealthField = (field: string, value: unknown, at: string): unknown => {
  if (field === 'Retries') return value
  if (field === 'Test') return typeof value === 'string' ? ['CMD-SHELL', value] : value
  return nanoseconds(value, at)
}

/** A command may be one text, which is split at white space, quotes respected, as docker-py does. */
const readWords = (input: unknown): unknown => {
  if (typeof input !== 'string') return input
  const words = input.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}

/** docker-py's dict of host names and addresses, or the Engine's lines as in hosts(5). */
const readHosts = (input: unknown): unknown =>
  typeof input !== 'object' || input === null || Array.isArray(input)
    ? input
    : Object.entries(input).map(([host, address]) =>
        typeof address === 'string' ? `${address} ${host}` : address,
      )

const dictOf = (input: unknown, at: string): [string, unknown][] =>
  Object.entries(asObject(input, at))

const splitPair = (input: unknown, at: string): [string, unknown] => {
  if (typeof input !== 'string') throw invalid(at, "must be a dict, or a list of 'NAME=value'")
  const equals = input.indexOf('=')
  return equals < 0 ? [input, ''] : [input.slice(0, equals), input.slice(equals + 1)]
}

const readText = (value: unknown, at: string): string => {
  if (!['string', 'number', 'boolean'].includes(typeof value))
    throw invalid(at, 'must be a text or a number')
  const text = String(value)
  if (text.includes('\0')) throw invalid(at, 'has a NUL character')
  return text
}
