import * as v from 'valibot'
import { ServiceSpec } from '../../docker/service-spec.ts'
import { type Issue, MAX_ISSUES, SpawnError, tellIssues } from '../errors.ts'
import { issueWords } from '../issue-words.ts'
import { BYTES_WORDS } from './bytes.ts'
import { NANO_CPU_WORDS } from './cpus.ts'
import { CONTAINER, type Entry } from './entries.ts'
import { isPullPolicy } from './pull-policy.ts'

const keyOf = ({ path }: Entry): string => path.join('\n')

/** Keeps the last entry for each path, so that each value has one origin. */
export const lastWins = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map((entry) => [keyOf(entry), entry])).values(),
]

/**
 * Makes the spec from its entries. If a value does not fit, it throws with the name of the setting that the
 * value came from.
 */
export const assembleSpec = (
  entries: readonly Entry[],
  nameOf: NameOf = (from, keys) => [from, ...keys].join('.'),
): ServiceSpec => {
  const broken = entries.filter((entry) => !(keyOf(entry).isWellFormed() && isUnicode(entry.value)))
  if (broken.length > 0)
    throw refusedSpec(broken.map(({ from }) => ({ path: from, message: HALF })))
  const result = v.safeParse(ServiceSpec, nest(entries))
  if (result.success) return result.output
  const paths = pathsOf(entries)
  const told = result.issues.slice(0, MAX_ISSUES).map((issue) => explainIssue(issue, paths, nameOf))
  throw refusedSpec(told, result.issues.length)
}

/** Names a part of a setting as its author wrote it: the setting, and the Engine's keys that lead to the part. */
export type NameOf = (from: string, keys: readonly string[]) => string

/** The Engine would replace it by another character, and nobody could find such a name again. */
const HALF = 'contains half of a surrogate pair, which is not a valid character'

const isUnicode = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed()
  if (Array.isArray(value)) return value.every(isUnicode)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every((entry) => entry.every(isUnicode))
}

/** Puts each value at its path; the environment becomes the Engine's list of `NAME=value`. */
const nest = (entries: readonly Entry[]): unknown => {
  const spec: Record<string, unknown> = {}
  for (const entry of entries) if (!isPullPolicy(entry)) place(spec, entry.path, entry.value)
  const env = entries.filter(({ path }) => path[2] === 'Env')
  const list = env.map(({ path, value }) => `${path[3]}=${value}`)
  place(spec, [...CONTAINER, 'Env'], list)
  return spec
}

const place = (spec: Record<string, unknown>, path: readonly string[], value: unknown): void => {
  let node = spec
  for (const key of path.slice(0, -1)) {
    const child = Object.hasOwn(node, key) ? node[key] : undefined
    const next: Record<string, unknown> = isRecord(child) ? child : {}
    if (next !== child) set(node, key, next)
    node = next
  }
  set(node, path.at(-1) ?? '', value)
}

/** Sets a key. A plain assignment to `__proto__` would not make a field. */
const set = (node: Record<string, unknown>, key: string, value: unknown): void => {
  if (key !== '__proto__') node[key] = value
  else
    Object.defineProperty(node, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The error for settings that are refused. Each issue names its setting. */
export const refusedSpec = (issues: Issue[], all: number = issues.length): SpawnError =>
  new SpawnError('invalid_config', tellIssues(issues, all).message, issues)

/** Says which setting a refused value came from, and what was expected. It never quotes the value. */
const explainIssue = (issue: v.BaseIssue<unknown>, paths: EntriesByPath, nameOf: NameOf): Issue => {
  const keys = issue.path?.map(({ key }) => String(key)) ?? []
  const origin = originOf(keys, paths)
  if (keys.join('.') === 'TaskTemplate.ContainerSpec.Image' && !origin)
    return {
      path: 'container_spec.image',
      message: 'is missing: name the image of the notebook server',
    }
  const path = origin ? nameOf(origin.from, keys.slice(origin.path.length)) : keys.join('.')
  const amount = AMOUNTS[keys.at(-1) ?? '']
  if (issue.expected === 'never') return { path, message: 'is not a field of a service' }
  const isNone = amount !== undefined && issue.type === 'number'
  return { path, message: isNone ? `must be ${amount}` : issueWords(issue) }
}

/** What is written in settings for fields that are amounts. */
const AMOUNTS: Readonly<Record<string, string>> = {
  NanoCPUs: NANO_CPU_WORDS,
  MemoryBytes: BYTES_WORDS,
  SwapBytes: BYTES_WORDS,
  SizeBytes: BYTES_WORDS,
}

type EntriesByPath = ReadonlyMap<string, Entry>

const pathsOf = (entries: readonly Entry[]): EntriesByPath =>
  new Map(entries.map((entry) => [keyOf(entry), entry]))

/** The entry that an issue is about. It uses a map, because there may be as many issues as entries. */
const originOf = (keys: readonly string[], paths: EntriesByPath): Entry | undefined => {
  const found = keys.map((_, index) => paths.get(keys.slice(0, index + 1).join('\n')))
  return found.find((entry) => entry !== undefined)
}

/**
 * Makes a test whether a dotted path lies inside an entry. It first compares the depth and the first key, which
 * is cheap and rules most entries out.
 */
const leadsTo = (dotted: string): ((entry: Entry) => boolean) => {
  const depth = dotted.split('.').length
  return ({ path }) =>
    path.length <= depth &&
    dotted.startsWith(path[0] ?? '') &&
    `${dotted}.`.startsWith(`${path.join('.')}.`)
}

/** The entry that a dotted path of the spec came from. */
export const findEntry = (entries: readonly Entry[], dotted: string): Entry | undefined =>
  entries.find(leadsTo(dotted))
