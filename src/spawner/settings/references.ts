import { asWritten } from './as-written.ts'
import { cliFields } from './cli-fields.ts'
import { asObject, invalid, readFields, type Spellings } from './entries.ts'
import { readEach } from './read-each.ts'

/** What a server is given as a file: `Secret` or `Config`, as in the Engine's fields. */
type Kind = 'Secret' | 'Config'

/** docker-py's keyword arguments of the references, the docker CLI's and a compose file's words, and the Engine's fields. */
export const referenceSpellings = (kind: Kind): Spellings => ({
  [`${kind}ID`]: ['id', `${kind.toLowerCase()}_id`],
  [`${kind}Name`]: ['name', 'source', 'src', `${kind.toLowerCase()}_name`],
  File: ['file'],
  Target: ['target', 'filename'],
  UID: ['uid'],
  GID: ['gid'],
  Mode: ['mode'],
  ...(kind === 'Config' && { Runtime: ['runtime'] }),
})

/** The Engine's fields of a file in the container, and the same in small letters. */
export const FILE: Spellings = { Name: ['name'], UID: ['uid'], GID: ['gid'], Mode: ['mode'] }

/** All may read it, as docker-py and the docker CLI have it. */
const DEFAULT_MODE = 0o444

/**
 * Reads secrets or configs: names, the docker CLI's `source=token,target=/run/token,mode=0400`, or dicts. One without an id is
 * found by its name when the server starts.
 */
export const readReferences = (input: unknown, kind: Kind, at: string): unknown[] => {
  const items = Array.isArray(input) ? input : [input]
  return readEach(items, (item: unknown, index) =>
    readReference(item, kind, Array.isArray(input) ? `${at}.${index}` : at),
  )
}

const readReference = (input: unknown, kind: Kind, at: string): unknown => {
  const given = typeof input === 'string' ? fromText(input, at) : asObject(input, at)
  const spellings = referenceSpellings(kind)
  const fields = readFields(given, spellings, at)
  const nameOf = (key: string): string => [at, ...asWritten(input, [key], spellings)].join('.')
  const { [`${kind}ID`]: id, [`${kind}Name`]: name, Runtime } = fields
  if (typeof name !== 'string' || name === '')
    throw invalid(nameOf(`${kind}Name`), `is missing: the name of the ${kind.toLowerCase()}`)
  return {
    ...(id !== undefined && { [`${kind}ID`]: id }),
    [`${kind}Name`]: name,
    ...(Runtime === undefined ? { File: readFile(fields, name, nameOf('File')) } : { Runtime }),
  }
}

const readFile = (fields: Record<string, unknown>, name: string, at: string): unknown => {
  const { File, Target, UID, GID, Mode } = fields
  const file = File === undefined ? {} : readFields(File, FILE, at)
  const flat = { Name: Target, UID, GID, Mode }
  const given = Object.entries(flat).filter(([, value]) => value !== undefined)
  return {
    ...{ Name: name, UID: '0', GID: '0', Mode: DEFAULT_MODE },
    ...file,
    ...Object.fromEntries(given),
  }
}

/** A name, or the docker CLI's list of fields, in which a mode is octal. */
const fromText = (text: string, at: string): Record<string, unknown> => {
  if (!text.includes('=')) return { name: text }
  const { mode, ...fields } = cliFields(text, at, 'source=token,target=/run/token,mode=0400')
  if (mode === undefined) return fields
  if (!/^[0-7]{1,5}$/.test(mode)) throw invalid(at, 'has a mode that is not octal, such as 0400')
  return { ...fields, mode: Number.parseInt(mode, 8) }
}
