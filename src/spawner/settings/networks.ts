import { cliParts } from './cli-fields.ts'
import { asList, type Entry, invalid, readFields, type Spellings } from './entries.ts'
import { readPairs } from './pairs.ts'
import { readEach } from './read-each.ts'
import { type Context, fillPath, mapStrings } from './template.ts'

/** The Engine's fields of a NetworkAttachmentConfig, each with docker-py's names for it. */
export const ATTACHMENT: Spellings = {
  Target: ['target', 'name'],
  Aliases: ['aliases'],
  DriverOpts: ['driver_opts', 'options'],
}

/** Each network needs a request to the Engine, and no container is in 64 networks. */
const MAX_NETWORKS = 64

const atMost = <T>(max: number, list: readonly T[], at: string): readonly T[] => {
  if (list.length <= max) return list
  throw invalid(at, `has ${list.length} networks; a server can have ${max}`)
}

/**
 * Reads `networks`: names, ids or attachment objects. A single one counts as a list of one. They go into the
 * task template, because Engines since API 1.44 ignore the service's own list.
 */
export const readNetworks = (input: unknown, context: Context, at: string): Entry => ({
  path: ['TaskTemplate', 'Networks'],
  value: readEach(atMost(MAX_NETWORKS, asList(input), at), (network, index) =>
    typeof network === 'string' && !isCliNetwork(network)
      ? { Target: network }
      : readAttachment(network, context, `${at}.${index}`),
  ),
  from: at,
})

/** No name of a network has an equals sign. */
const isCliNetwork = (text: string): boolean => /^(?:name|alias|driver-opt)=/.test(text)

const EXAMPLE = 'name=lab,alias=nb,driver-opt=a=b'

/** The docker CLI's `--network name=lab,alias=nb`, as docker-py has it. */
const fromText = (text: string, at: string): Record<string, unknown> => {
  const parts = cliParts(text, at, EXAMPLE)
  const of = (wanted: string) => parts.flatMap(([key, value]) => (key === wanted ? [value] : []))
  const [names, aliases, options] = [of('name'), of('alias'), of('driver-opt')]
  if (names.length !== 1 || parts.length > 1 + aliases.length + options.length)
    throw invalid(at, `must be the name of a network, or as in '${EXAMPLE}'`)
  return {
    target: names[0],
    ...(aliases.length > 0 && { aliases }),
    ...(options.length > 0 && { driver_opts: options }),
  }
}

const readAttachment = (
  input: unknown,
  { placeholders }: Context,
  at: string,
): Record<string, unknown> => {
  const given = typeof input === 'string' ? fromText(input, at) : input
  const { Aliases, DriverOpts, ...rest } = readFields(given, ATTACHMENT, at)
  const options = readPairs(DriverOpts, `${at}.driver_opts`, 'a=b')
  const network = { ...rest, ...(DriverOpts !== undefined && { DriverOpts: options }) }
  return Aliases === undefined
    ? network
    : {
        ...network,
        Aliases: mapStrings(Aliases, (text) => fillPath(text, placeholders, `${at}.aliases`)),
      }
}

const PREDEFINED = new Set([
  'host',
  'bridge',
  'none',
  'null',
  'ingress',
  'docker_gwbridge',
  'default',
])

/**
 * Returns whether a network is one that every Engine has. Such a network is local to its node and has no DNS
 * for names.
 */
export const isPredefined = (name: string): boolean => PREDEFINED.has(name.trim().toLowerCase())
