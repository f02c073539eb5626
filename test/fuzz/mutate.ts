import fc from 'fast-check'
import { MISPLACED, oddJson } from './odd-values.ts'

type Path = readonly (string | number)[]
type Change = { at: number; how: 'replace' | 'remove' | 'add'; value: unknown }

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'),
  value: oddJson,
})

/** The same JSON with one to three things changed at any depth: another value, none, or an element too many. */
export const mutated = <T>(json: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc
    .tuple(json, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce(apply, structuredClone<unknown>(value)))

const apply = (json: unknown, { at, how, value }: Change): unknown => {
  const [whole = [], ...inner] = pathsOf(json)
  const path = inner[at % inner.length] ?? whole
  // Seldom all of it: what is wrong deep inside gets further.
  return changeAt(json, at % 19 === 0 ? whole : path, { at, how, value })
}

/** The path of every value in a JSON value, its own first. */
const pathsOf = (json: unknown): Path[] => [
  [],
  ...childrenOf(json).flatMap(([key, child]) => pathsOf(child).map((path) => [key, ...path])),
]

const childrenOf = (json: unknown): [string | number, unknown][] => {
  if (Array.isArray(json)) return json.map((child, index) => [index, child])
  return typeof json === 'object' && json !== null ? Object.entries(json) : []
}

const changeAt = (json: unknown, [key, ...rest]: Path, change: Change): unknown => {
  if (key === undefined) return change.how === 'add' ? added(json, change) : change.value
  const isHere = rest.length === 0
  const others = childrenOf(json).flatMap(([name, child]): [string | number, unknown][] => {
    if (name !== key) return [[name, child]]
    return isHere && change.how === 'remove' ? [] : [[name, changeAt(child, rest, change)]]
  })
  return Array.isArray(json) ? others.map(([, child]) => child) : Object.fromEntries(others)
}

const added = (json: unknown, { value }: Change): unknown => {
  if (Array.isArray(json)) return [...json, value]
  const [first, item = value] = Array.isArray(value) ? value : []
  // A name may be repeated where a value may not.
  const name = typeof first === 'string' && first !== MISPLACED ? first : '__proto__'
  return typeof json === 'object' && json !== null
    ? Object.fromEntries([...Object.entries(json), [name, item]])
    : value
}
