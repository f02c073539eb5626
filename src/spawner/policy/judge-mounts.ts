import * as v from 'valibot'
import { Mount } from '../../docker/service-spec.ts'
import { driverRefusal } from './driver-rules.ts'
import { isTemplate, templateRefusal } from './engine-templates.ts'
import { isOfOtherHub } from './hub-names.ts'
import { labelRefusal } from './judge-names.ts'
import { tmpfsRefusals } from './judge-tmpfs.ts'
import { AS_THE_HUB, finding, type Judge, type Judging, patternsOf } from './judging.ts'
import { lineToAdd } from './line-to-add.ts'
import { nodePathRefusal } from './node-path.ts'
import { allowedAre, allows, withMode } from './patterns.ts'
import { isSame } from './same.ts'

/** More than one server of any hub has; a thief's list would keep the process busy for seconds. */
const MAX_ADMIN_MOUNTS = 256

/** Mounts, each: by its kind, what it is of, and the options of its driver. */
export const judgeMounts: Judge = (value, judging) => {
  const result = v.safeParse(v.array(Mount), value)
  if (!result.success) return []
  if (judging.author === 'admin' && result.output.length > MAX_ADMIN_MOUNTS)
    return [finding(judging, 'mounts', `at most ${MAX_ADMIN_MOUNTS}`)]
  const tmpfs = tmpfsRefusals(result.output, judging)
  return result.output.map((mount, item) => {
    if (isHubs(mount, judging)) return { item, ...AS_THE_HUB }
    const source = sourceRefusal(mount, judging)
    const why =
      source ??
      mountTemplateRefusal(mount, judging) ??
      bindRefusal(mount, judging) ??
      volumeRefusal(mount, judging)
    const key = source === undefined && why !== undefined ? 'mounts' : `mounts.${kindOf(mount)}`
    if (why === undefined && tmpfs[item] !== undefined)
      return finding(judging, 'mounts.tmpfs', tmpfs[item], item)
    return finding(judging, key, why, item)
  })
}

/** Says whether a user asks for a mount that the hub has already. */
const isHubs = (mount: Mount, { author, configured }: Judging): boolean =>
  author === 'user' && configured.mounts.some((one) => isSame(inFull(one), inFull(mount)))

const inFull = (mount: Mount): Mount => ({ ...mount, ReadOnly: mount.ReadOnly ?? false })

const kindOf = ({ Type, Source }: Mount): string =>
  Type === 'volume' && Source === undefined ? 'anonymous' : Type

const sourceRefusal = (mount: Mount, judging: Judging): string | undefined => {
  const { Type, Source = '', ReadOnly = false } = mount
  const { rules } = judging
  const listed = (pick: Parameters<typeof patternsOf>[1]) =>
    withMode(patternsOf(judging, pick), ReadOnly)
  if (Type === 'tmpfs') return undefined
  if (Type === 'bind') return nodePathRefusal(Source, judging, { isReadOnly: ReadOnly })
  if (Type === 'volume' && Source === '')
    return rules.some(({ mounts }) => mounts?.anonymous) ? undefined : 'none is'
  if (Type === 'volume')
    return nameRefusal(
      Source,
      listed(({ mounts }) => mounts?.volume),
      judging,
    )
  const kind = Type === 'cluster' ? listed(({ mounts }) => mounts?.cluster) : []
  return allows(kind, Source, judging) ? undefined : allowedAre(kind, judging.names)
}

const nameRefusal = (
  source: string,
  patterns: readonly string[],
  judging: Judging,
): string | undefined => {
  const { author, names } = judging
  if (author === 'admin') return adminNameRefusal(source, patterns, judging)
  if (!/^[a-zA-Z0-9][\w.-]*$/.test(source)) return 'letters, digits, dots, - and _ only'
  if (!allows(patterns, source, { names }))
    return `${allowedAre(patterns, names)}; the user's own hash is ${names.username}`
  // Beside the user's own hash there may be another's in what `*` stands for.
  const others = source.split(names.username).join(' ')
  const isPlain = patterns.includes(source) || !/[0-9a-f]{32}/i.test(others)
  return isPlain ? undefined : "it has what may be another user's hash"
}

/** Some plugins take paths for names. */
const adminNameRefusal = (
  source: string,
  patterns: readonly string[],
  judging: Judging,
): string | undefined => {
  if (source.startsWith('/')) return nodePathRefusal(source, judging)
  if (source.split(/[/\\]/).includes('..')) return 'the name of a volume has no ".."'
  if (allows(patterns, source, judging)) return undefined
  const listed = patternsOf(judging, ({ mounts }) => mounts?.volume)
  const allowed = allowedAre(patterns, judging.names)
  return isOfOtherHub(source, judging.names.hub, judging.hubs)
    ? `${allowed}; the name is that of another hub's volumes`
    : allowed + lineToAdd(['mounts', 'volume'], { text: source, listed, judging })
}

/**
 * Swarm expands templates in every text of a mount, after the policy has judged it. Where a text names something of a
 * node, none may stand; an admin's volume name, its labels and the target may have placeholders of Swarm.
 */
const mountTemplateRefusal = (
  { Type, Source = '', Target, VolumeOptions = {} }: Mount,
  { author }: Judging,
): string | undefined => {
  const { Labels = {}, Subpath = '', DriverConfig } = VolumeOptions
  const isVolume = Type === 'volume'
  const free = [Target, ...Object.values(Labels), ...(isVolume ? [Source] : [])]
  const bare = [
    Subpath,
    ...Object.values(DriverConfig?.Options ?? {}),
    ...(isVolume ? [] : [Source]),
  ]
  const isNodes = (author === 'admin' ? bare : [...bare, ...free]).some(isTemplate)
  return isNodes
    ? 'no templates of the Engine, such as {{.Node.Hostname}}'
    : free.map((text) => templateRefusal(text)).find(Boolean)
}

/** How a bind is passed on is the node's business. */
const bindRefusal = ({ BindOptions }: Mount, { author }: Judging): string | undefined => {
  const { Propagation = 'rprivate' } = BindOptions ?? {}
  return author === 'user' && !/^r?private$/.test(Propagation)
    ? 'mounts of users are private'
    : undefined
}

const volumeRefusal = ({ VolumeOptions }: Mount, judging: Judging): string | undefined => {
  const { Labels = {}, Subpath, DriverConfig } = VolumeOptions ?? {}
  const label = Object.keys(Labels)
    .map((name) => labelRefusal(name, judging))
    .find(Boolean)
  if (label !== undefined) return `labels of volumes: ${label}`
  return subpathRefusal(Subpath, judging) ?? driverRefusal(DriverConfig, judging)
}

const subpathRefusal = (path: string | undefined, { rules }: Judging): string | undefined => {
  if (!path) return undefined
  if (!rules.some(({ mounts }) => mounts?.subpath)) return 'a part of a volume (subpath) is not'
  return path.startsWith('/') || path.split('/').includes('..')
    ? 'a subpath lies in its volume'
    : undefined
}
