import { CONTAINER, type Entry } from '../settings/entries.ts'
import { mostOf } from './bounds.ts'
import { finding, type JudgeContext } from './judge-context.ts'
import type { Verdict } from './judge-entry.ts'
import type { Rules } from './rules.ts'

type Kind = Exclude<keyof NonNullable<Rules['amounts']>, 'options'>

/** The amount that counts each part of the spec. Every other list counts as `items`. */
const KINDS: readonly (readonly [path: readonly string[], kind: Kind])[] = [
  [[...CONTAINER, 'Env'], 'environment'],
  [[...CONTAINER, 'Args'], 'args'],
  [[...CONTAINER, 'Command'], 'args'],
  [[...CONTAINER, 'Healthcheck'], 'args'],
  [[...CONTAINER, 'Mounts'], 'mounts'],
  [['TaskTemplate', 'Networks'], 'networks'],
  [['TaskTemplate', 'Placement'], 'placement'],
]

/** The part of a JudgeContext that is known before the request is read. */
export type Ruled = Pick<JudgeContext, 'author' | 'rules' | 'names'>

/** Why settings are too large to be read at all, as the end of a sentence; undefined when they are not. */
export const sizeRefusal = (settings: unknown, ruled: Ruled): string | undefined => {
  const most = mostOf(ruled, ({ amounts }) => amounts?.options)
  if (most === undefined || settings === undefined) return undefined
  const size = new TextEncoder().encode(JSON.stringify(settings)).length
  return size > most ? tooLarge(most, ruled) : undefined
}

const tooLarge = (most: number, ruled: Ruled): string =>
  finding(
    ruled,
    'amounts.options',
    `at most ${most} bytes of JSON, counted after placeholders are filled in`,
  ).rule

/**
 * Refuses each kind that has too many items, and leaves its entries out, so that no judge has to go through
 * them.
 */
export const judgeAmounts = (
  entries: readonly Entry[],
  context: JudgeContext,
): { refused: Verdict[]; kept: Entry[] } => {
  const written = writtenRefusal(entries, context)
  if (written) return { refused: [written], kept: [] }
  const judged = together(entries).map((part) => ({ part, why: countRefusal(part, context) }))
  return {
    refused: judged.flatMap(({ why }) => (why ? [why] : [])),
    kept: judged.flatMap(({ part, why }) => (why ? [] : part)),
  }
}

/**
 * Refuses entries that became too large when they were read. A short placeholder may stand for a long name, and
 * escaping makes `{{` three times as long.
 */
const writtenRefusal = (entries: readonly Entry[], context: JudgeContext): Verdict | undefined => {
  const most = mostOf(context, ({ amounts }) => amounts?.options)
  const [first] = entries
  if (most === undefined || first === undefined) return undefined
  const length = entries.reduce((sum, { value }) => sum + textLength(value), 0)
  if (length <= most) return undefined
  const rule = tooLarge(most, context)
  const from = context.author === 'user' ? 'user_options' : 'config'
  return { path: first.path.join('.'), from, verdict: 'refused', rule }
}

const textLength = (value: unknown): number => {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, item) => sum + textLength(item), 0)
}

/**
 * Groups entries that are counted together: each variable and each label is an entry, and those of one dict are
 * one group.
 */
const together = (entries: readonly Entry[]): Entry[][] => {
  const parts = new Map<string, Entry[]>()
  entries.forEach((entry, index) => {
    const key = isOneOfMany(entry) ? entry.path.slice(0, -1).join('.') : `${index}`
    const part = parts.get(key)
    if (part) part.push(entry)
    else parts.set(key, [entry])
  })
  return [...parts.values()]
}

const isOneOfMany = ({ path }: Entry): boolean =>
  path[2] === 'Env' || path.slice(0, -1).at(-1) === 'Labels'

const countRefusal = (part: readonly Entry[], context: JudgeContext): Verdict | undefined => {
  const [entry] = part
  if (entry === undefined) return undefined
  const kind = KINDS.find(([start]) => start.every((word, at) => word === entry.path[at]))?.[1]
  const most = mostOf(context, ({ amounts }) => amounts?.[kind ?? 'items'])
  const count = isOneOfMany(entry) ? part.length : longest(entry.value)
  if (most === undefined || count <= most) return undefined
  const { rule } = finding(context, `amounts.${kind ?? 'items'}`, `at most ${most}`)
  return { ...settingOf(entry), verdict: 'refused', rule }
}

/** The path and the setting of an entry. For a value of a dict they are those of the dict. */
const settingOf = ({ path, from, ...entry }: Entry): Pick<Verdict, 'path' | 'from'> => {
  const name = isOneOfMany({ path, from, ...entry }) ? path.at(-1) : undefined
  if (name === undefined || !from.endsWith(`.${name}`)) return { path: path.join('.'), from }
  return { path: path.slice(0, -1).join('.'), from: from.slice(0, -name.length - 1) }
}

/** The length of the longest list or dict in a value. */
const longest = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const items: unknown[] = Object.values(value)
  return items.reduce((most: number, item) => Math.max(most, longest(item)), items.length)
}
