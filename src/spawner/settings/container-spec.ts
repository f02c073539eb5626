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

/** The Engine's fields of a ContainerSpec, each with docker-py's names for it. */
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

/**
 * Settings that the old README puts into a user's container_spec, although the Engine's ContainerSpec does not
 * have them.
 */
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

/**
 * Reads `container_spec` in docker-py's or the Engine's spelling, including what the old README puts into it.
 */
export const readContainerSpec = (input: unknown, context: Context, at: string): Entry[] => {
  const fields = readFields(input, { ...CONTAINER_SPEC, ...NESTED }, at)
  const { resource_spec, placement, networks, name, ...container } = fields
  if (name)
    throw invalid(
      `${at}.name`,
      "can't be chosen: the service's name is made from the hub's server name",
    )
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

/** Reads one field of a ContainerSpec. `field` is the Engine's name. */
export const readContainerField = (
  field: string,
  value: unknown,
  context: Context,
  at: string,
): Entry[] => {
  // The old README's template has empty texts for settings that a user does not change.
  if (value === '') return []
  if (field === 'Env') return readEnvironment(value, at, { asText: context.author === 'user' })
  if (field === 'Labels') return readLabelEntries([...CONTAINER, 'Labels'], value, context, at)
  const read = READERS[field]
  return [{ path: [...CONTAINER, field], value: read ? read(value, context, at) : value, from: at }]
}

/** Reads labels and fills in their placeholders. Returns one entry for each label. */
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

/**
 * Splits a command that is one text into words. A list is returned as it is; the spec's schema judges it later.
 */
const readWords = (input: unknown, at: string): unknown =>
  typeof input === 'string' ? shellWords(input, at) : input

/**
 * Reads docker-py's dict of host names and addresses into the Engine's lines, which have the form of hosts(5).
 */
const readHosts = (input: unknown): unknown =>
  typeof input !== 'object' || input === null || Array.isArray(input)
    ? input
    : Object.entries(input).map(([host, address]) =>
        typeof address === 'string' ? `${address} ${host}` : address,
      )
