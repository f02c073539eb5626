import { cliParts } from './cli-fields.ts'
import { invalid } from './entries.ts'

const EXAMPLE = 'type=volume,source=home,target=/home/jovyan,readonly'

/** The docker CLI's fields of `--mount`, and docker-py's names for them. */
const FIELDS: Readonly<Record<string, string>> = {
  type: 'type',
  source: 'source',
  src: 'source',
  target: 'target',
  destination: 'target',
  dst: 'target',
  consistency: 'consistency',
  'bind-propagation': 'propagation',
  'volume-subpath': 'subpath',
  'tmpfs-size': 'tmpfs_size',
}
const FLAGS: Readonly<Record<string, string>> = {
  readonly: 'read_only',
  ro: 'read_only',
  'volume-nocopy': 'no_copy',
}

/** Says whether a text is a mount as `docker service create --mount` has it, and not `source:target`. */
export const isCliMount = (text: string): boolean =>
  /^(?:type|source|src|target|destination|dst)=/.test(text)

/** Reads a mount of the docker CLI into docker-py's form. */
export const readCliMount = (text: string, at: string): Record<string, unknown> => {
  const mount = new Map<string, unknown>()
  const [labels, options] = [new Map<string, string>(), new Map<string, string>()]
  let driver: string | undefined
  const set = (name: string, value: unknown): void => {
    if (mount.has(name)) throw invalid(at, `has ${name} twice; write it as in '${EXAMPLE}'`)
    mount.set(name, value)
  }
  for (const [key, value] of cliParts(text, at, EXAMPLE)) {
    const [field, flag] = [own(FIELDS, key), own(FLAGS, key)]
    if (field !== undefined) set(field, value)
    else if (flag !== undefined) set(flag, ['true', '1'].includes(value))
    else if (key === 'volume-driver') driver = value
    else if (key === 'volume-label') add(labels, value)
    else if (key === 'volume-opt') add(options, value)
    else if (key === 'tmpfs-mode' && /^[0-7]{1,5}$/.test(value))
      set('tmpfs_mode', Number.parseInt(value, 8))
    else throw invalid(at, `must be as in '${EXAMPLE}', or a dict`)
  }
  const hasDriver = driver !== undefined || options.size > 0
  return {
    ...Object.fromEntries(mount),
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(hasDriver && {
      driver_config: { name: driver ?? 'local', options: Object.fromEntries(options) },
    }),
  }
}

const own = (names: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(names, key) ? names[key] : undefined

const add = (pairs: Map<string, string>, text: string): void => {
  const at = text.indexOf('=')
  pairs.set(at < 0 ? text : text.slice(0, at), at < 0 ? '' : text.slice(at + 1))
}
