import * as v from 'valibot'
import badFilter from '../../../fixtures/28.5/service-list.bad-filter.400.json' with {
  type: 'json',
}
import { refusal, unrecordedRefusal } from './refusal.ts'

/** Filters of a request: each key's values are alternatives, different keys must all hold. */
export type Filters = ReadonlyMap<string, readonly string[]>

const FiltersBody = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.union([v.array(v.string()), v.record(v.string(), v.boolean())])),
)

/** Reads the `filters` of a query in either form of the Engine API; refuses keys that are not `known`. */
export const readFilters = (text: string | undefined, known: readonly string[]): Filters => {
  if (!text) return new Map()
  const result = v.safeParse(FiltersBody, text)
  if (!result.success) throw unrecordedRefusal(400, 'invalid filter')
  const entries = Object.entries(result.output)
  const [unknown] = entries.find(([key]) => !known.includes(key)) ?? []
  if (unknown !== undefined) throw refusal(badFilter, { nosuch: unknown })
  return new Map(entries.map(([key, values]) => [key, valuesOf(values)]))
}

const valuesOf = (values: string[] | Record<string, boolean>): readonly string[] =>
  Array.isArray(values)
    ? values
    : Object.entries(values).flatMap(([value, isOn]) => (isOn ? [value] : []))

/** Says whether one of the key's values matches, or the key is not filtered by. */
export const matches = (
  filters: Filters,
  key: string,
  isMatch: (value: string) => boolean,
): boolean => filters.get(key)?.some(isMatch) ?? true

/** Says whether every label that is filtered by (`name` or `name=value`) is there. */
export const matchesLabels = (
  filters: Filters,
  key: string,
  labels: Readonly<Record<string, string>>,
): boolean =>
  (filters.get(key) ?? []).every((label) => {
    const [name = '', ...value] = label.split('=')
    const isPresent = Object.hasOwn(labels, name)
    return isPresent && (value.length === 0 || labels[name] === value.join('='))
  })
