import { asWritten } from './as-written.ts'
import { asObject, invalid, readFields, type Spellings } from './entries.ts'
import { readEach } from './read-each.ts'

/** The Engine's fields of a ulimit, and docker-py's names for them. */
export const ULIMIT: Spellings = { Name: ['name'], Soft: ['soft'], Hard: ['hard'] }

const EXAMPLE = "'nofile=1024:2048', or {'name': 'nofile', 'soft': 1024, 'hard': 2048}"

/** Reads ulimits: the docker CLI's `nofile=1024:2048`, dicts, or a dict of names as a compose file has it. */
export const readUlimits = (input: unknown, at: string): unknown[] => {
  if (typeof input === 'string') return [fromText(input, at)]
  if (!Array.isArray(input))
    return readEach(Object.entries(asObject(input, at)), ([name, value]) =>
      fromCompose(name, value, `${at}.${name}`),
    )
  return readEach(input, (item: unknown, index) =>
    typeof item === 'string' ? fromText(item, `${at}.${index}`) : fromDict(item, `${at}.${index}`),
  )
}

const fromText = (text: string, at: string): unknown => {
  const [, Name, soft, hard = soft] = /^(\w+)=(-?\d{1,15})(?::(-?\d{1,15}))?$/.exec(text) ?? []
  if (Name === undefined) throw invalid(at, `must be ${EXAMPLE}`)
  return { Name, Soft: Number(soft), Hard: Number(hard) }
}

const fromDict = (input: unknown, at: string): unknown => {
  const fields = readFields(input, ULIMIT, at)
  const { Name, Soft, Hard = Soft } = fields
  const missing = ['Name', 'Soft'].find((key) => fields[key] === undefined)
  if (missing !== undefined)
    throw invalid([at, ...asWritten(input, [missing], ULIMIT)].join('.'), `is missing: ${EXAMPLE}`)
  return { Name, Soft, Hard }
}

/** `nofile: 1024`, or `nofile: {soft: 1024, hard: 2048}`. */
const fromCompose = (Name: string, value: unknown, at: string): unknown => {
  if (typeof value === 'number') return { Name, Soft: value, Hard: value }
  return fromDict({ ...asObject(value, at), name: Name }, at)
}
