import { BYTES, parseBytes } from '../settings/bytes.ts'

/** The options of a log driver: pairs of a name and a value. */
export type LogOptions = readonly (readonly [name: string, value: string])[]

const SIZES = ['max-size', 'max-file', 'compress', 'mode', 'max-buffer-size']

/** The log drivers that keep logs on the node, with the options that no policy has to list. */
const ON_THE_NODE: Readonly<Record<string, readonly string[]>> = {
  none: [],
  local: SIZES,
  'json-file': [...SIZES, 'tag', 'labels', 'env'],
  // Not `labels` and `env`: journald makes fields of the node's journal from them, and could overwrite those of
  // other programs.
  journald: ['mode', 'max-buffer-size', 'tag'],
}

const MEGABYTE = 1024 ** 2
/** 1 GiB of logs for one server: the node's disk is shared. */
const MAX_LOGS = 1024 * MEGABYTE
/** 32 MiB is the largest buffer, because the Engine's own process holds it in memory. */
const MAX_BUFFER = 32 * MEGABYTE
/** 256 characters is the longest tag, because each line of a log repeats it. */
const MAX_TEXT = 256
/** The number of files that each driver keeps by default. */
const FILES = { local: 5, others: 1 } as const
const USUAL_SIZE = 20 * MEGABYTE

/**
 * Why a log driver is not allowed where `*` is listed; undefined when it keeps logs on the node, within bounds.
 */
export const logsRefusal = (driver: string, options: LogOptions): string | undefined => {
  const known = Object.hasOwn(ON_THE_NODE, driver) ? ON_THE_NODE[driver] : undefined
  if (!known)
    return `log drivers that keep logs on the node are ${Object.keys(ON_THE_NODE).join(', ')}; others have to be listed`
  const other = options.find(([name]) => !known.includes(name))
  if (other)
    return `the only options that may be set for ${driver} are ${known.join(', ') || 'none'}`
  return (
    options.map(([name, value]) => valueRefusal(driver, name, value)).find(Boolean) ??
    amountRefusal(driver, new Map(options))
  )
}

const valueRefusal = (driver: string, name: string, value: string): string | undefined => {
  if (value.length > MAX_TEXT) return `${name} has at most ${MAX_TEXT} characters`
  const isFine = READABLE[name]?.test(value) ?? false
  if (!isFine) return `${name} must be ${EXPECTED[name] ?? 'a plain text'}`
  return name === 'tag' && driver === 'journald' && !UNIQUE.test(value)
    ? "a tag in the node's journal must contain {{.Name}} or {{.ID}}, so that no other program has the same tag"
    : undefined
}

/** The documented placeholders. Functions could produce texts of any length in the Engine's memory. */
const TAG =
  /^(?:[^{]|\{(?!\{)|\{\{\s*\.(?:ID|FullID|Name|ImageID|ImageFullID|ImageName|DaemonName)\s*\}\})*$/
const UNIQUE = /\{\{\s*\.(?:ID|FullID|Name)\s*\}\}/

const READABLE: Readonly<Record<string, RegExp>> = {
  'max-size': BYTES,
  'max-buffer-size': BYTES,
  'max-file': /^[1-9]\d{0,3}$/,
  compress: /^(true|false)$/,
  mode: /^(blocking|non-blocking)$/,
  labels: /^[\w.,-]*$/,
  env: /^[\w.,-]*$/,
  tag: TAG,
}

const EXPECTED: Readonly<Record<string, string>> = {
  'max-size': 'a size such as 10m',
  'max-buffer-size': 'a size such as 4m',
  'max-file': 'a whole number from 1',
  compress: 'true or false',
  mode: 'blocking or non-blocking',
  labels: 'names separated by commas',
  env: 'names separated by commas',
  tag: 'text, and placeholders such as {{.Name}}, {{.ID}} and {{.ImageName}} without functions',
}

const amountRefusal = (
  driver: string,
  options: ReadonlyMap<string, string>,
): string | undefined => {
  if ((parseBytes(options.get('max-buffer-size') ?? '') ?? 0) > MAX_BUFFER)
    return `max-buffer-size is at most ${MAX_BUFFER} bytes`
  const [size, files] = [options.get('max-size'), options.get('max-file')]
  if (size === undefined && files === undefined) return undefined
  const bytes = parseBytes(size ?? '') ?? USUAL_SIZE
  const most = driver === 'local' ? FILES.local : FILES.others
  return bytes * Number(files ?? most) <= MAX_LOGS
    ? undefined
    : `max-size times max-file is at most ${MAX_LOGS} bytes`
}
