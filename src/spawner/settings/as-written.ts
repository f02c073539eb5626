import type { Spellings } from './entries.ts'

/** The Engine's option objects of a mount, whose fields docker-py has beside the others. */
const OPTION_OBJECTS = new Set(['BindOptions', 'VolumeOptions', 'TmpfsOptions'])

/**
 * The keys that lead to a value, as the author of a setting wrote them: `read_only` where the Engine has `ReadOnly`. A key that
 * is missing is spelled as those beside it. What is written as one text has no keys.
 */
export const asWritten = (
  input: unknown,
  keys: readonly string[],
  spellings: Spellings,
): string[] => {
  const [key, ...rest] = keys
  if (key === undefined || typeof input === 'string') return []
  // A list in place of a dict is that of its first field.
  if (Array.isArray(input) && !/^\d+$/.test(key)) return asWritten(input, rest, spellings)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const item = Array.isArray(input) ? input[Number(key)] : undefined
    return [key, ...asWritten(item, rest, spellings)]
  }
  // One alone stands for a list of one.
  if (/^\d+$/.test(key) && !Object.hasOwn(input, key)) return asWritten(input, rest, spellings)
  const others = (Object.hasOwn(spellings, key) ? spellings[key] : undefined) ?? []
  const fields = new Map<string, unknown>(Object.entries(input))
  const found = [key, ...others].find((name) => fields.has(name))
  if (found !== undefined) return [found, ...asWritten(fields.get(found), rest, spellings)]
  if (OPTION_OBJECTS.has(key) && rest.length > 0) return asWritten(input, rest, spellings)
  const isEngines = [...fields.keys()].some((name) => /^[A-Z]/.test(name))
  return [isEngines ? key : (others[0] ?? key), ...rest]
}
