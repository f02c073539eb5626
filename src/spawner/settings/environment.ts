import { asObject, CONTAINER, type Entry, invalid } from './entries.ts'
import { escapeTemplate } from './template.ts'

/**
 * Reads an environment, which is a dict or a list of `NAME=value`, into one entry for each variable. With
 * `asText`, templates in the values are escaped, so that the Engine does not expand them.
 */
export const readEnvironment = (
  input: unknown,
  at: string,
  { asText }: { asText: boolean },
): Entry[] => {
  const pairs = Array.isArray(input)
    ? input.map((text) => splitPair(text, at))
    : Object.entries(asObject(input, at))
  return pairs
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => {
      if (!/^[^=\0]+$/.test(name))
        throw invalid(at, 'the name of a variable must not be empty or contain "=" or NUL')
      const text = readText(value, `${at}.${name}`)
      return {
        path: [...CONTAINER, 'Env', name],
        value: asText ? escapeTemplate(text) : text,
        from: `${at}.${name}`,
      }
    })
}

const splitPair = (input: unknown, at: string): [string, unknown] => {
  if (typeof input !== 'string') throw invalid(at, "must be a dict, or a list of 'NAME=value'")
  const equals = input.indexOf('=')
  return equals < 0 ? [input, ''] : [input.slice(0, equals), input.slice(equals + 1)]
}

const readText = (value: unknown, at: string): string => {
  if (!['string', 'number', 'boolean'].includes(typeof value))
    throw invalid(at, 'must be a text or a number')
  const text = String(value)
  if (text.includes('\0')) throw invalid(at, 'must not contain a NUL character')
  return text
}
