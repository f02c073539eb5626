import { invalid } from './entries.ts'
import { readEach } from './read-each.ts'

/**
 * Reads the docker CLI's list of `name=value` into a dict; one text alone is a list of one. What is no list is left as it is.
 * `example` is told where an item is something else.
 */
export const readPairs = (input: unknown, at: string, example: string): unknown => {
  if (typeof input === 'string') return Object.fromEntries([readPair(input, at, example)])
  if (!Array.isArray(input)) return input
  const pairs = readEach(input, (item: unknown, index) => readPair(item, `${at}.${index}`, example))
  return Object.fromEntries(pairs)
}

const readPair = (input: unknown, at: string, example: string): [string, string] => {
  const [, name = '', value] =
    typeof input === 'string' ? (/^([^=]+)=(.*)$/s.exec(input) ?? []) : []
  if (value === undefined) throw invalid(at, `must be a dict, or a list such as ['${example}']`)
  return [name.trim(), value]
}
