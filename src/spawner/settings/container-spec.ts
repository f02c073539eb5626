import { nanoseconds } from './durations.ts'
import {
  asObject,
  CONTAINER,
  type Entry,
  invalid,
  isEmpty,
  readFields,
  type Spellings,
  spellingOf,
} from './entries.ts'
import { readEnvironment } from './environment.ts'
import { readHealthcheck } from './healthcheck.ts'
import { readMounts } from './mounts.ts'
import { readNetworks } from './networks.ts'
import { readPlacement } from './placement.ts'
import { readResources } from './resources.ts'
import { shellWords } from './shell-words.ts'
import { type Context, escapeTemplate, fill, mapStrings } from './template.ts'

/** The Engine's fields of a ContainerSpec, and docker-py's names for them. */
export const CONTAINER_SPEC: Spellings = {
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

/** Turns the value of one field into the Engine's form. Fields without such a function have the Engine's form already. */
type ReadValue = (value: unknown, context: Context, at: string) => unknown

const READERS: Readonly<Record<string, ReadValue>> = {
  Command: (value, _, at) => readWords(value, at),
  Args: (value, _, at) => readWords(value, at),
  Mounts: readMounts,
  StopGracePeriod: (value, _, at) => nanoseconds(value, at),
  Healthcheck: (value, _, at) => readHealthcheck(value, at),
  Hosts: (value) => readHosts(value),
  DNSConfig: (value, _, at) => readFields(value, DNS_CONFIG, at),
  Hostname: (value, { author }) => (author === 'user' ? mapStrings(value, escapeTemplate) : value),
}

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
    ...(isEmpty(resource_spec) ? [] : readResources(resource_spec, `${at}.resource_spec`)),
    ...(isEmpty(placement) ? [] : readPlacement(placement, `${at}.placement`)),
    ...(isEmpty(networks)
      ? []
      : [readNetworks(networks, `${at}.${spellingOf(input, NESTED, 'networks')}`)]),
  ]
}

/** Reads one field of a ContainerSpec, by the Engine's name. */
export const readContainerField = (
  field: string,
  value: unknown,
  context: Context,
  at: string,
): Entry[] => {
  // An empty text stands for what is left alone. An empty list of an admin is a value.
  if (value === '') return []
  if (field === 'Env') return readEnvironment(value, at, { asText: context.author === 'user' })
  if (field === 'Labels') return readLabelEntries([...CONTAINER, 'Labels'], value, context, at)
  const read = READERS[field]
  return [{ path: [...CONTAINER, field], value: read ? read(value, context, at) : value, from: at }]
}

/** Reads labels into one entry a label, placeholders filled in. */
export const readLabelEntries = (
  path: readonly string[],
  input: unknown,
  { placeholders }: Context,
  at: string,
): Entry[] =>
  Object.entries(asObject(input, at)).map(([name, value]) => ({
    path: [...path, name],
    value: mapStrings(value, (text) => fill(text, placeholders)),
    from: `${at}.${name}`,
  }))

/** A command may be one text. A list is left for the spec's schema to judge. */
const readWords = (input: unknown, at: string): unknown =>
  typeof input === 'string' ? shellWords(input, at) : input

/** docker-py's dict of host names and addresses, or the Engine's lines as in hosts(5). */
const readHosts = (input: unknown): unknown =>
  typeof input !== 'object' || input === null || Array.isArray(input)
    ? input
    : Object.entries(input).map(([host, address]) =>
        typeof address === 'string' ? `${address} ${host}` : address,
      )
