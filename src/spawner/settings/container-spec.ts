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
import { readHosts } from './hosts.ts'
import { readMounts } from './mounts.ts'
import { readNetworks } from './networks.ts'
import { readPairs } from './pairs.ts'
import { readPlacement } from './placement.ts'
import { readEach } from './read-each.ts'
import { readReferences } from './references.ts'
import { readResources } from './resources.ts'
import { shellWords } from './shell-words.ts'
import { type Context, escapeTemplate, fill, mapStrings } from './template.ts'
import { readUlimits } from './ulimits.ts'

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
  DNSConfig: ['dns_config', 'dns'],
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

/** The Engine's fields of a DNSConfig, and docker-py's names for them. */
export const DNS_CONFIG: Spellings = {
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
  Hosts: (value, _, at) => readHosts(value, at),
  Secrets: (value, _, at) => readReferences(value, 'Secret', at),
  Configs: (value, _, at) => readReferences(value, 'Config', at),
  Ulimits: (value, _, at) => readUlimits(value, at),
  DNSConfig: (value, _, at) => readDns(value, at),
  Sysctls: (value, _, at) => readPairs(value, at, 'net.core.somaxconn=1024'),
  Groups: (value) => inList(value),
  CapabilityAdd: (value) => inList(value),
  CapabilityDrop: (value) => inList(value),
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
    ...readEach(Object.entries(container), ([field, value]) =>
      readContainerField(
        field,
        value,
        context,
        `${at}.${spellingOf(input, CONTAINER_SPEC, field)}`,
      ),
    ).flat(),
    ...(isEmpty(resource_spec) ? [] : readResources(resource_spec, `${at}.resource_spec`)),
    ...(isEmpty(placement) ? [] : readPlacement(placement, `${at}.placement`)),
    ...(isEmpty(networks)
      ? []
      : [readNetworks(networks, context, `${at}.${spellingOf(input, NESTED, 'networks')}`)]),
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

/** Reads labels and fills in the placeholders of their names and values. Returns one entry for each label. */
export const readLabelEntries = (
  path: readonly string[],
  input: unknown,
  { placeholders }: Context,
  at: string,
): Entry[] =>
  readEach(Object.entries(asObject(readPairs(input, at, 'owner=lab'), at)), ([name, value]) => ({
    path: [...path, fill(name, placeholders, `${at}.${name}`)],
    value: mapStrings(value, (text) => fill(text, placeholders, `${at}.${name}`)),
    from: `${at}.${name}`,
  }))

/**
 * Splits a command that is one text into words. A list is returned as it is; the spec's schema judges it later.
 */
const readWords = (input: unknown, at: string): unknown =>
  typeof input === 'string' ? shellWords(input, at) : input

/** The docker CLI's addresses of name servers, or a dict. */
const readDns = (input: unknown, at: string): unknown => {
  if (typeof input === 'string' || Array.isArray(input)) return { Nameservers: inList(input) }
  const fields = Object.entries(readFields(input, DNS_CONFIG, at))
  return Object.fromEntries(fields.map(([field, value]) => [field, inList(value)]))
}

/** One text alone is a list of one. */
const inList = (value: unknown): unknown => (typeof value === 'string' ? [value] : value)
