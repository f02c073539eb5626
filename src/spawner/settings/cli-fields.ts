import { invalid } from './entries.ts'

/**
 * Splits the docker CLI's `type=volume,source=a,readonly` into keys and values; a key alone is `true`. `example` is told where it
 * is something else.
 */
export const cliParts = (text: string, at: string, example: string): [string, string][] =>
  text.split(',').map((part) => {
    const [, key, value = 'true'] = /^\s*([\w-]+)\s*(?:=(.*))?$/s.exec(part) ?? []
    if (key === undefined) throw invalid(at, `must be as in '${example}'`)
    return [key, value.trim()]
  })

/** The same as a dict, in which no key stands twice. */
export const cliFields = (text: string, at: string, example: string): Record<string, string> => {
  const parts = cliParts(text, at, example)
  const fields = new Map<string, string>()
  for (const [key, value] of parts) {
    if (fields.has(key))
      throw invalid(at, `has ${key.slice(0, 40)} twice; write it as in '${example}'`)
    fields.set(key, value)
  }
  return Object.fromEntries(fields)
}
