import * as v from 'valibot'
import badFilter from '../../../fixtures/28.5/service-list.bad-filter.400.json' with {
  type: 'json',
}
import { refusal, unrecordedRefusal } from './refusal.ts'

/** The filters of a request. The values of one key are alternatives; all keys must hold. */
export type Filters = ReadonlyMap<string, readonly string[]>

const FiltersBody = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.union([v.array(v.string()), v.record(v.string(), v.boolean())])),
)

/** Reads the `filters` of a query, in both forms of the Engine API. Refuses keys that are not in `known`. */
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

/** Returns whether one of the key's values matches, or there is no filter with this key. */
export const matches = (
  filters: Filters,
  key: string,
  isMatch: (value: string) => boolean,
): boolean => filters.get(key)?.some(isMatch) ?? true

/** Returns whether all labels of the filter (`name` or `name=value`) are present. */
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
