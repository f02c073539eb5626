import { bytes } from './bytes.ts'
import { asObject, invalid, readFields, type Spellings } from './entries.ts'
import { type Context, fillPath, mapStrings } from './template.ts'

/**
 * The names of a mount's settings: docker-py's keyword arguments of `Mount`, the Engine's fields, and those of
 * its three option objects.
 */
export const MOUNT = {
  Type: ['type'],
  Source: ['source', 'src'],
  Target: ['target', 'destination', 'dst'],
  ReadOnly: ['read_only', 'readonly'],
  Consistency: ['consistency'],
  Propagation: ['propagation'],
  NoCopy: ['no_copy'],
  Labels: ['labels'],
  DriverConfig: ['driver_config'],
  Subpath: ['subpath'],
  SizeBytes: ['tmpfs_size'],
  Mode: ['tmpfs_mode'],
  BindOptions: [],
  VolumeOptions: [],
  TmpfsOptions: [],
} as const satisfies Spellings

/** The Engine's fields of a driver for volumes or logs, each with docker-py's names for it. */
export const DRIVER: Spellings = { Name: ['name'], Options: ['options'] }

/**
 * The Engine's option object for each of docker-py's flat options, and the type of mount that it applies to.
 */
const OPTIONS = {
  BindOptions: { type: 'bind', fields: ['Propagation'] },
  VolumeOptions: { type: 'volume', fields: ['NoCopy', 'Labels', 'DriverConfig', 'Subpath'] },
  TmpfsOptions: { type: 'tmpfs', fields: ['SizeBytes', 'Mode'] },
} as const

/**
 * 16 KiB: four times the longest path of Linux. The options of a mount are at most one page of memory, which is
 * shorter.
 */
const MAX_TEXT = 16_384

/**
 * Reads mounts into the Engine's form. A mount is a dict in docker-py's or the Engine's spelling, or
 * `source:target[:ro]`. Placeholders are filled in every text. A volume without a source is anonymous: Docker
 * removes it with the container.
 */
export const readMounts = (input: unknown, { placeholders }: Context, at: string): unknown[] => {
  if (!Array.isArray(input)) throw invalid(at, 'must be a list of mounts')
  return input.map((mount, index) =>
    mapStrings(readMount(mount, `${at}.${index}`), (text, keys) => {
      if (text.length > MAX_TEXT)
        throw invalid(`${at}.${index}`, `has a text of more than ${MAX_TEXT} characters`)
      return fillPath(text, placeholders, `${at}.${index}`, { isList: keys.includes('Options') })
    }),
  )
}

const readMount = (input: unknown, at: string): unknown => {
  const given = readFields(typeof input === 'string' ? fromText(input, at) : input, MOUNT, at)
  const fields = { ...given, SizeBytes: bytes(given['SizeBytes'], `${at}.tmpfs_size`) }
  const type = given['Type'] ?? 'volume'
  const { Source, Target, ReadOnly, Consistency } = given
  if (typeof Target !== 'string')
    throw invalid(`${at}.target`, 'is missing: the path in the container')
  if (type === 'bind' && !Source) throw invalid(`${at}.source`, 'is missing: the path on the host')
  if (type === 'tmpfs' && Source) throw invalid(`${at}.source`, 'a tmpfs has no source')
  return {
    Type: type,
    // docker-py requires a source, so people used an empty one for an anonymous volume.
    ...(Source ? { Source } : {}),
    Target,
    ...(ReadOnly === undefined ? {} : { ReadOnly }),
    ...(Consistency === undefined ? {} : { Consistency }),
    ...readOptions(fields, type, at),
  }
}

const readOptions = (fields: Record<string, unknown>, type: unknown, at: string) => {
  const options = Object.entries(OPTIONS).map(([name, { type: wanted, fields: names }]) => {
    // docker-py treats its own defaults (`no_copy=False`) as not given, for every type.
    const flat = names.filter((field) => fields[field]).map((field) => [field, fields[field]])
    const [misplaced] = flat
    if (misplaced && type !== wanted)
      throw invalid(
        at,
        `${misplaced[0]} needs a mount of type ${wanted}, but this one has another type`,
      )
    const nested = fields[name] === undefined ? {} : asObject(fields[name], `${at}.${name}`)
    return [name, withDriver({ ...nested, ...Object.fromEntries(flat) }, at)] as const
  })
  return Object.fromEntries(options.filter(([, value]) => Object.keys(value).length > 0))
}

const withDriver = ({ DriverConfig, ...options }: Record<string, unknown>, at: string) =>
  DriverConfig === undefined || DriverConfig === null
    ? options
    : { ...options, DriverConfig: readFields(DriverConfig, DRIVER, `${at}.driver_config`) }

/** Reads docker-py's short form. A source that looks like a path is a bind, any other source is a volume. */
const fromText = (text: string, at: string): Record<string, unknown> => {
  const [first = '', target, mode, ...rest] = text.split(':')
  if (rest.length > 0 || (mode !== undefined && !['ro', 'rw'].includes(mode)))
    throw invalid(at, "must be 'target', 'source:target' or 'source:target:ro'")
  if (target === undefined) return { Type: 'volume', Target: first }
  const type = /^[./~]/.test(first) ? 'bind' : 'volume'
  return { Type: type, Source: first, Target: target, ReadOnly: mode === 'ro' }
}

/** Reads a log driver: its name alone, or its name and options. */
export const readDriver = (input: unknown, at: string): unknown =>
  typeof input === 'string' ? { Name: input } : readFields(input, DRIVER, at)
