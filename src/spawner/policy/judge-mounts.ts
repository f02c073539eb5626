import * as v from 'valibot'
import { Mount } from '../../docker/service-spec.ts'
import { driverRefusal } from './driver-rules.ts'
import { isTemplate, templateRefusal } from './engine-templates.ts'
import { isOfOtherHub } from './hub-names.ts'
import { isSame } from './is-same.ts'
import {
  AS_THE_HUB,
  type EngineJudge,
  type EngineJudgeContext,
  finding,
  type JudgeContext,
  patternsOf,
} from './judge-context.ts'
import { labelRefusal } from './judge-names.ts'
import { tmpfsRefusals } from './judge-tmpfs.ts'
import { lineToAdd } from './line-to-add.ts'
import { nodePathRefusal } from './node-path.ts'
import { allowedAre, allows, withMode } from './patterns.ts'
import { climbs } from './tidy-path.ts'

/**
 * 256 are more mounts than any hub gives to one server. Judging a longer list, from a stolen secret, would
 * block the process for seconds.
 */
const MAX_ADMIN_MOUNTS = 256

/** Judges each mount: its kind, its source, and the options of its driver. */
export const judgeMounts: EngineJudge = (value, context) => {
  const result = v.safeParse(v.array(Mount), value)
  if (!result.success) return []
  if (context.author === 'admin' && result.output.length > MAX_ADMIN_MOUNTS)
    return [finding(context, 'mounts', `at most ${MAX_ADMIN_MOUNTS}`)]
  const tmpfs = tmpfsRefusals(result.output, context)
  return result.output.map((mount, item) => {
    if (isHubs(mount, context)) return { item, ...AS_THE_HUB }
    const source = sourceRefusal(mount, context)
    const why =
      source ??
      mountTemplateRefusal(mount, context) ??
      bindRefusal(mount, context) ??
      volumeRefusal(mount, context)
    const key = source === undefined && why !== undefined ? 'mounts' : `mounts.${kindOf(mount)}`
    if (why === undefined && tmpfs[item] !== undefined)
      return finding(context, 'mounts.tmpfs', tmpfs[item], item)
    return finding(context, key, why, item)
  })
}

/** Returns whether a user asks for a mount that the hub has already. */
const isHubs = (mount: Mount, { author, configured }: JudgeContext): boolean =>
  author === 'user' && configured.mounts.some((one) => isSame(inFull(one), inFull(mount)))

const inFull = (mount: Mount): Mount => ({ ...mount, ReadOnly: mount.ReadOnly ?? false })

const kindOf = ({ Type, Source }: Mount): string =>
  Type === 'volume' && Source === undefined ? 'anonymous' : Type

const sourceRefusal = (mount: Mount, context: EngineJudgeContext): string | undefined => {
  const { Type, Source = '', ReadOnly = false } = mount
  const { rules } = context
  const listed = (pick: Parameters<typeof patternsOf>[1]) =>
    withMode(patternsOf(context, pick), ReadOnly)
  if (Type === 'tmpfs') return undefined
  if (Type === 'bind') return nodePathRefusal(Source, context, { isReadOnly: ReadOnly })
  if (Type === 'volume' && Source === '')
    return rules.some(({ mounts }) => mounts?.anonymous) ? undefined : 'it allows nothing'
  if (Type === 'volume')
    return nameRefusal(
      Source,
      listed(({ mounts }) => mounts?.volume),
      context,
    )
  const kind = Type === 'cluster' ? listed(({ mounts }) => mounts?.cluster) : []
  return allows(kind, Source, context) ? undefined : allowedAre(kind, context.names)
}

const nameRefusal = (
  source: string,
  patterns: readonly string[],
  context: EngineJudgeContext,
): string | undefined => {
  const { author, names } = context
  if (author === 'admin') return adminNameRefusal(source, patterns, context)
  const ownerHash = names['{username}']
  if (!/^[a-zA-Z0-9][\w.-]*$/.test(source))
    return 'a name may have only letters, digits, dots, - and _'
  if (!allows(patterns, source, { names }))
    return `${allowedAre(patterns, names)}; the user's own hash is ${ownerHash}`
  // A `*` may stand for a text with another user's hash in it, in addition to this user's own.
  const others = source.split(ownerHash).join(' ')
  const isPlain = patterns.includes(source) || !/[0-9a-f]{32}/i.test(others)
  return isPlain ? undefined : "it contains what may be another user's hash"
}

/** Why a hub may not mount a volume of this name; undefined when it may. Some plugins accept paths as names. */
const adminNameRefusal = (
  source: string,
  patterns: readonly string[],
  context: EngineJudgeContext,
): string | undefined => {
  if (source.startsWith('/')) return nodePathRefusal(source, context)
  if (climbs(source)) return 'the name of a volume has no ".."'
  if (allows(patterns, source, context)) return undefined
  const listed = patternsOf(context, ({ mounts }) => mounts?.volume)
  const allowed = allowedAre(patterns, context.names)
  return isOfOtherHub(source, context.names['{hub}'], context.hubs)
    ? `${allowed}; this name belongs to another hub`
    : allowed + lineToAdd(['mounts', 'volume'], { text: source, listed, context })
}

/**
 * Swarm expands templates in every text of a mount, after the policy has judged it. Texts that name something
 * on a node must have no template. An admin's volume name, its labels and the target may have Swarm's
 * placeholders.
 */
const mountTemplateRefusal = (
  { Type, Source = '', Target, VolumeOptions = {} }: Mount,
  { author }: JudgeContext,
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

/** Refuses a user's propagation of a bind. Propagation changes what the node itself sees. */
const bindRefusal = ({ BindOptions }: Mount, { author }: JudgeContext): string | undefined => {
  const { Propagation = 'rprivate' } = BindOptions ?? {}
  return author === 'user' && !/^r?private$/.test(Propagation)
    ? "users can't change the propagation of a mount"
    : undefined
}

const volumeRefusal = (
  { VolumeOptions }: Mount,
  context: EngineJudgeContext,
): string | undefined => {
  const { Labels = {}, Subpath, DriverConfig } = VolumeOptions ?? {}
  const label = Object.keys(Labels)
    .map((name) => labelRefusal(name, context))
    .find(Boolean)
  if (label !== undefined) return `labels of volumes: ${label}`
  return subpathRefusal(Subpath, context) ?? driverRefusal(DriverConfig, context)
}

const subpathRefusal = (path: string | undefined, { rules }: JudgeContext): string | undefined => {
  if (!path) return undefined
  if (!rules.some(({ mounts }) => mounts?.subpath)) return 'a subpath is not allowed'
  return path.startsWith('/') || climbs(path) ? 'a subpath must stay inside its volume' : undefined
}
