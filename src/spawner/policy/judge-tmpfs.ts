import type { Mount } from '../../docker/service-spec.ts'
import type { JudgeContext } from './judge-context.ts'

const ANY = Number.MAX_SAFE_INTEGER

/**
 * Why a tmpfs may not be as large as it is, alone or with those before it; for each mount, undefined where it may. The
 * local driver mounts one, too.
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
      (sum <= total || total >= ANY ? undefined : `at most ${total} bytes of all tmpfs together`)
    )
  })
}

/** The ceiling for all tmpfs together. Without a rule of its own it is the ceiling of one tmpfs. */
const totalOf = ({ rules }: JudgeContext): number =>
  Math.max(0, ...rules.map(({ mounts }) => mounts?.tmpfs_total ?? mounts?.tmpfs ?? 0))

const optionsRefusal = (
  { TmpfsOptions }: Mount,
  { author }: JudgeContext,
  most: number,
): string | undefined =>
  author === 'user' && TmpfsOptions?.Options && most < ANY
    ? 'without options of its own'
    : undefined

/** Without a size, a tmpfs may fill half of the node's memory. */
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

/** The kernel's own words, not those of settings. It takes the last one; blocks, and a share of the memory, are not known to be less than all of it. */
const sizeOfWords = (words: readonly string[]): number => {
  const sizes = words.map((word) => /^size=(\d+)([kmgtpe]?)$/i.exec(word.trim()))
  const isKnown = words.every((word, at) => sizes[at] || !/^\s*(size|nr_blocks)\b/i.test(word))
  const [, digits = '0', unit = ''] = sizes.findLast((size) => size !== null) ?? []
  const size = Number(digits) * 1024 ** POWER.indexOf(unit.toLowerCase())
  return isKnown && size > 0 ? size : Infinity
}
