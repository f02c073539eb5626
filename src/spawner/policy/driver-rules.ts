import type { Driver } from '../../docker/service-spec.ts'
import { dataRootRefusal } from './data-roots.ts'
import type { EngineJudgeContext, JudgeContext } from './judge-context.ts'
import { nodePathRefusal } from './node-path.ts'
import { fillIn, matches } from './patterns.ts'
import { climbs } from './tidy-path.ts'

/**
 * The file systems that the local driver may mount when `*` is allowed: they are on the network or in memory.
 */
const HARMLESS_TYPES = ['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', 'glusterfs', 'tmpfs', 'none', '']

/**
 * No driver needs more than 16 paths in its options. Each path is compared with every directory of the policy.
 */
const MAX_PATHS = 16

/**
 * Why a volume's driver and options are not allowed; undefined when they are. The options of the local driver
 * can mount any directory.
 */
export const driverRefusal = (
  driver: Driver | undefined,
  context: EngineJudgeContext,
): string | undefined => {
  const name = driver?.Name || 'local'
  const options = Object.entries(driver?.Options ?? {})
  if (name === 'local' && options.length === 0) return undefined
  if (options.some(([, value]) => climbs(value)))
    return 'the options of a driver must not contain ".."'
  const paths = name === 'local' ? localPaths(options) : options.flatMap(pathsOf)
  if (paths.length > MAX_PATHS)
    return `the options of a driver may contain at most ${MAX_PATHS} paths`
  const never = paths.map(({ path }) => dataRootRefusal(path, context.dataRoot)).find(Boolean)
  if (never !== undefined) return never
  const named = rulesOf(name, context)
  if (named.some((rule) => isKept(rule, options, context))) return undefined
  // Without the options that the policy fixes, a listed driver would mount something else.
  if (named.length > 0 && rulesOf('*', context).length === 0)
    return fillIn(pinnedBy(named, name), context.names)
  if (rulesOf('*', context).length === 0) return 'drivers and their options have to be listed'
  const { type = '' } = Object.fromEntries(options)
  if (name === 'local' && !HARMLESS_TYPES.includes(type))
    return `it allows only file systems of the types ${HARMLESS_TYPES.join(', ')}`
  return paths.map(({ path, ...more }) => nodePathRefusal(path, context, more)).find(Boolean)
}

type OptionRules = Readonly<Record<string, string | readonly string[]>>

const rulesOf = (driver: string, { rules }: JudgeContext): OptionRules[] =>
  rules.flatMap(({ mounts }) => {
    const rule = Object.entries(mounts?.drivers ?? {}).find(([name]) => name === driver)
    return rule ? [rule[1]] : []
  })

type Option = readonly [key: string, value: string]
/** A path in an option. With `isSecret` it may be a password, so a refusal does not quote it. */
type Path = { path: string; isSecret?: boolean }

/** Returns whether options match a rule: each option is listed, and none that the rule fixes is missing. */
const isKept = (
  rule: OptionRules,
  options: readonly Option[],
  { names }: JudgeContext,
): boolean => {
  const pinned = Object.entries(rule)
  const isOf = (patterns: string | readonly string[], value: string): boolean =>
    [patterns].flat().some((pattern) => matches(pattern, value, names))
  const given = new Map(options)
  return (
    options.every(([key]) => pinned.some(([option]) => option === key)) &&
    pinned.every(([option, patterns]) => isOf(patterns, given.get(option) ?? ''))
  )
}

const pinnedBy = (rules: readonly OptionRules[], name: string): string => {
  const pinned = rules.map((rule) =>
    Object.entries(rule).map(([option, values]) => `${option}: ${[values].flat().join(' or ')}`),
  )
  return `the driver ${name} must have the options ${pinned.map((one) => one.join('; ')).join(', or ')}`
}

/**
 * The paths in the local driver's options. `device` is a path of the node for a bind mount, or when it is not
 * an address on the network.
 */
const localPaths = (options: readonly Option[]): Path[] => {
  const { type = '', device = '', o = '' } = Object.fromEntries(options)
  const words = o.split(',')
  const isBind = words.includes('bind') || words.includes('rbind') || type === 'none' || type === ''
  const isShare = !isBind && /^(cifs|smb3)$/.test(type) && device.startsWith('//')
  return [
    ...((isBind && device !== '') || (device.startsWith('/') && !isShare)
      ? [{ path: device }]
      : []),
    ...words.filter((word) => !CREDENTIAL.test(word)).flatMap((word) => pathsOf(['', word])),
  ]
}

/** Mount options of cifs and ceph whose values may begin with a slash without being paths. */
const CREDENTIAL = /^(user|username|pass|password|domain|name|secret)=/

/** The paths in a plugin's option. Only the plugin knows what it does with them, so everything that begins with a slash counts as a path. */
const pathsOf = ([key, value]: Option): Path[] =>
  value
    .split(/[\s,;|="'<>(){}[\]]+/)
    // A URL without a host, such as `file:///home`, is a path as well. `nas:/home` is on another machine.
    .map((word) => word.replace(/^(?:[a-z][a-z\d+.-]{0,31}:\/\/|(?:file|unix):)(?=\/)/i, ''))
    .filter((word) => word.startsWith('/'))
    .flatMap((word) => word.split(':').filter((path) => path.startsWith('/')))
    .map((path) => ({ path, isSecret: /pass|secret|token|key|credential/i.test(key) }))
