import type { Mount } from '../../docker/service-spec.ts'
import type { JudgeContext } from './judge-context.ts'

const ANY = Number.MAX_SAFE_INTEGER

/**
 * Why each mount's tmpfs is too large, alone or together with those before it; undefined for a mount that is
 * allowed. The local volume driver can mount a tmpfs as well.
 */
export const tmpfsRefusals = (
  mounts: readonly Mount[],
  context: JudgeContext,
): (string | undefined)[] => {
  const most = Math.max(0, ...context.rules.map(({ mounts }) => mounts?.tmpfs ?? 0))
  const total = totalOf(context)
  let sum = 0
  return mounts.map((mount) => {
    const size = sizeOf(mount)
    if (size === undefined) return undefined
    sum += size
    return (
      optionsRefusal(mount, context, most) ??
      (size <= most || most >= ANY ? undefined : `a size of at most ${most} bytes`) ??
      (sum <= total || total >= ANY ? undefined : `at most ${total} bytes for all tmpfs together`)
    )
  })
}

/** The ceiling for all tmpfs together. If no rule sets it, it is the ceiling of one tmpfs. */
const totalOf = ({ rules }: JudgeContext): number =>
  Math.max(0, ...rules.map(({ mounts }) => mounts?.tmpfs_total ?? mounts?.tmpfs ?? 0))

const optionsRefusal = (
  { TmpfsOptions }: Mount,
  { author }: JudgeContext,
  most: number,
): string | undefined =>
  author === 'user' && TmpfsOptions?.Options && most < ANY
    ? 'the tmpfs of a user has no options'
    : undefined

/**
 * The size of a mount's tmpfs; undefined for other mounts. A tmpfs without a size may fill half of the node's
 * memory.
 */
const sizeOf = ({ Type, TmpfsOptions, VolumeOptions }: Mount): number | undefined => {
  if (Type === 'tmpfs' || TmpfsOptions !== undefined) {
    const { SizeBytes = 0 } = TmpfsOptions ?? {}
    return SizeBytes > 0 ? SizeBytes : Infinity
  }
  const { Name = '', Options = {} } = VolumeOptions?.DriverConfig ?? {}
  const isTmpfs = /^(local)?$/.test(Name) && Options['type'] === 'tmpfs'
  return isTmpfs ? sizeOfWords((Options['o'] ?? '').split(',')) : undefined
}

const POWER = ['', 'k', 'm', 'g', 't', 'p', 'e']

/**
 * Reads the size in mount options. The kernel uses the last one. A size in blocks or in percent counts as
 * unlimited, because we do not know how much it is.
 */
const sizeOfWords = (words: readonly string[]): number => {
  const sizes = words.map((word) => /^size=(\d+)([kmgtpe]?)$/i.exec(word.trim()))
  const isKnown = words.every((word, at) => sizes[at] || !/^\s*(size|nr_blocks)\b/i.test(word))
  const [, digits = '0', unit = ''] = sizes.findLast((size) => size !== null) ?? []
  const size = Number(digits) * 1024 ** POWER.indexOf(unit.toLowerCase())
  return isKnown && size > 0 ? size : Infinity
}
