import type { Driver } from '../../docker/service-spec.ts'
import { hostPathRefusal } from './host-paths.ts'
import { type Judging, patternsOf } from './judging.ts'
import { isAnything, matches } from './patterns.ts'

/** File systems that the local driver may mount where `*` is allowed: of the network, or of memory. */
const HARMLESS_TYPES = ['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', 'glusterfs', 'tmpfs', 'none', '']

/** Why a volume's driver and options may not be used; undefined where they may. Local options can mount any directory. */
export const driverRefusal = (driver: Driver | undefined, judging: Judging): string | undefined => {
  const name = driver?.Name || 'local'
  const options = Object.entries(driver?.Options ?? {})
  if (name === 'local' && options.length === 0) return undefined
  if (options.some(([, value]) => value.split(/[/\\]/).includes('..')))
    return 'a driver\'s options have no ".."'
  const named = rulesOf(name, judging)
  if (named.some((rule) => options.every(([key, value]) => isListed(rule, key, value, judging))))
    return undefined
  if (rulesOf('*', judging).length === 0) return 'drivers and their options have to be listed'
  return name === 'local' ? localRefusal(options, judging) : pluginRefusal(options, judging)
}

type OptionRules = Readonly<Record<string, string | readonly string[]>>

const rulesOf = (driver: string, { rules }: Judging): OptionRules[] =>
  rules.flatMap(({ mounts }) => {
    const rule = Object.entries(mounts?.drivers ?? {}).find(([name]) => name === driver)
    return rule ? [rule[1]] : []
  })

const isListed = (rule: OptionRules, key: string, value: string, { names }: Judging): boolean =>
  Object.entries(rule).some(
    ([option, patterns]) =>
      option === key && [patterns].flat().some((pattern) => matches(pattern, value, names)),
  )

type Options = readonly (readonly [key: string, value: string])[]

/** `device` is a path of the node where it is bound, or no network address. */
const localRefusal = (options: Options, judging: Judging): string | undefined => {
  const { type = '', device = '', o = '' } = Object.fromEntries(options)
  if (!HARMLESS_TYPES.includes(type))
    return `file systems of the type ${HARMLESS_TYPES.join(', ')} only`
  const words = o.split(',')
  const isBind = words.includes('bind') || words.includes('rbind') || type === 'none' || type === ''
  const isShare = !isBind && /^(cifs|smb3)$/.test(type) && device.startsWith('//')
  const paths = [
    ...((isBind && device !== '') || (device.startsWith('/') && !isShare) ? [device] : []),
    ...words.flatMap((word) => pathsIn(word)),
  ]
  return firstRefusal(paths, judging)
}

/** What a plugin does with a path nobody knows but the plugin. */
const pluginRefusal = (options: Options, judging: Judging): string | undefined =>
  firstRefusal(
    options.flatMap(([, value]) => value.split(',').flatMap(pathsIn)),
    judging,
  )

const pathsIn = (word: string): string[] => {
  const value = word.slice(word.indexOf('=') + 1).trim()
  return value.startsWith('/') ? [value] : []
}

const firstRefusal = (paths: readonly string[], judging: Judging): string | undefined => {
  const roots = patternsOf(judging, ({ mounts }) => mounts?.bind).filter(
    (root) => !root.endsWith(':ro') || isAnything(root),
  )
  return paths.map((path) => hostPathRefusal(path, roots, judging.names)).find(Boolean)
}
