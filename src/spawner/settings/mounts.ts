import { asWritten } from './as-written.ts'
import { bytes } from './bytes.ts'
import { isCliMount, readCliMount } from './cli-mount.ts'
import { asObject, invalid, readFields, type Spellings } from './entries.ts'
import { readPairs } from './pairs.ts'
import { readEach } from './read-each.ts'
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
  return readEach(input, (mount: unknown, index) => {
    const fillIn = (text: string, keys: readonly string[]): string => {
      const path = [at, index, ...asWritten(mount, keys, SPELLINGS)].join('.')
      if (text.length > MAX_TEXT)
        throw invalid(path, `has a text of more than ${MAX_TEXT} characters`)
      return fillPath(text, placeholders, path, { isList: keys.includes('Options') })
    }
    return withLabelNames(mapStrings(readMount(mount, `${at}.${index}`), fillIn), fillIn)
  })
}

/** How the keys of a mount may be written. */
const SPELLINGS: Spellings = { ...MOUNT, ...DRIVER }

/** The same with placeholders filled in in the names of a volume's labels. */
const withLabelNames = (
  mount: unknown,
  fillIn: (text: string, keys: readonly string[]) => string,
): unknown => {
  const { VolumeOptions, ...rest } = asObject(mount, 'mounts')
  if (VolumeOptions === undefined) return mount
  const { Labels, ...options } = asObject(VolumeOptions, 'mounts')
  if (typeof Labels !== 'object' || Labels === null || Array.isArray(Labels)) return mount
  const filled = Object.entries(Labels).map(([name, value]) => [
    fillIn(name, ['VolumeOptions', 'Labels', name]),
    value,
  ])
  return { ...rest, VolumeOptions: { ...options, Labels: Object.fromEntries(filled) } }
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
    const all = { ...nested, ...Object.fromEntries(flat) }
    return [name, withDriver(withLabels(withSize(all, at), at), at)] as const
  })
  return Object.fromEntries(options.filter(([, value]) => Object.keys(value).length > 0))
}

const withDriver = ({ DriverConfig, ...options }: Record<string, unknown>, at: string) =>
  DriverConfig === undefined || DriverConfig === null
    ? options
    : { ...options, DriverConfig: readDriver(DriverConfig, `${at}.driver_config`) }

/** A size in the Engine's own object may be a text as well. */
const withSize = ({ SizeBytes, ...options }: Record<string, unknown>, at: string) =>
  SizeBytes === undefined
    ? options
    : { ...options, SizeBytes: bytes(SizeBytes, `${at}.tmpfs_size`) }

const withLabels = ({ Labels, ...options }: Record<string, unknown>, at: string) =>
  Labels === undefined
    ? options
    : { ...options, Labels: readPairs(Labels, `${at}.labels`, 'owner=lab') }

/** docker-py's short form, or the docker CLI's list of fields: in the short form, a source that looks like a path is a bind, else a volume. */
const fromText = (text: string, at: string): Record<string, unknown> => {
  if (isCliMount(text)) return readCliMount(text, at)
  const [first = '', target, mode, ...rest] = text.split(':')
  if (rest.length > 0 || (mode !== undefined && !['ro', 'rw'].includes(mode)))
    throw invalid(at, "must be 'target', 'source:target' or 'source:target:ro'")
  if (target === undefined) return { Type: 'volume', Target: first }
  const type = /^[./~]/.test(first) ? 'bind' : 'volume'
  return { Type: type, Source: first, Target: target, ReadOnly: mode === 'ro' }
}

/** Reads a driver of volumes or logs: its name alone, or name and options. */
export const readDriver = (input: unknown, at: string): unknown => {
  if (typeof input === 'string') return { Name: input }
  const { Options, ...driver } = readFields(input, DRIVER, at)
  if (Options === undefined) return driver
  return { ...driver, Options: readPairs(Options, `${at}.options`, 'max-size=10m') }
}
