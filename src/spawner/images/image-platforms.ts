import type { Platform } from '../../docker/platforms.ts'

/** The platforms of both lists; an empty list allows all. Undefined where they have none in common. */
export const commonPlatforms = (
  some: readonly Platform[],
  others: readonly Platform[],
): readonly Platform[] | undefined => {
  if (some.length === 0) return others
  if (others.length === 0) return some
  const both = some.flatMap((one) => others.flatMap((other) => common(one, other) ?? []))
  return both.length > 0 ? both : undefined
}

const common = (one: Platform, other: Platform): Platform | undefined => {
  const fits = (a: string | undefined, b: string | undefined) => !a || !b || a === b
  if (!fits(one.OS, other.OS) || !fits(one.Architecture, other.Architecture)) return undefined
  const [OS, Architecture] = [one.OS || other.OS, one.Architecture || other.Architecture]
  return { ...(OS && { OS }), ...(Architecture && { Architecture }) }
}

/** Reads `linux/amd64`, as labels and people write it. `any` stands for what may be anything. */
export const readPlatform = (text: string): Platform => {
  const [OS = 'any', Architecture = 'any'] = text.split('/')
  return {
    ...(OS !== 'any' && { OS }),
    ...(Architecture !== 'any' && { Architecture }),
  }
}
