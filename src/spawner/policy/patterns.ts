import type { Placeholders } from '../settings/placeholders.ts'
import { ESCAPED_WORDS, mayNameAnother } from './escaped-pattern.ts'

/** The values of a policy's placeholders: those of mounts, and the hub's name. */
export type Names = Placeholders & { '{hub}': string }

const PLACEHOLDER =
  /(\{(?:username|server_name|raw_username|escaped_username|legacy_escaped_username|escaped_server_name|hub)\})/g

/** Fills the placeholders of a text in. */
export const fillIn = (text: string, names: Names): string =>
  text.replace(PLACEHOLDER, (_, word: keyof Names) => names[word] ?? word)

/** The end of a refusal: what a list of patterns allows, with its placeholders filled in. */
export const allowedAre = (patterns: readonly string[], names: Names): string =>
  patterns.length === 0
    ? 'it allows nothing'
    : `it allows ${patterns.map((pattern) => fillIn(pattern, names)).join(', ')}`

/** Returns whether a text matches a pattern. `*` stands for any text; placeholders are filled in first. */
export const matches = (pattern: string, text: string, names: Names): boolean => {
  // A user name with special characters could be part of a path, or work as a pattern itself.
  if (pattern.includes('{raw_username}') && !isPlain(names['{raw_username}'])) return false
  if (NAMES_THAT_MAY_BE_MISSING.some((word) => pattern.includes(word) && names[word] === undefined))
    return false
  const fill = (part: string): string => fillIn(part, names)
  const escaped = ESCAPED_WORDS.filter((word) => pattern.includes(word))
  if (escaped.some((word) => mayNameAnother(word, { pattern, text, fill }))) return false
  const [first = '', ...rest] = pattern.split('*').map(fill)
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

const NAMES_THAT_MAY_BE_MISSING = [...ESCAPED_WORDS, '{escaped_server_name}'] as const

const isPlain = (name: string): boolean =>
  /^[\p{L}\p{N}_@.+ -]+$/u.test(name) && !/^\.+$/.test(name)

/** Returns whether a pattern is only `*`, which does not include things that must be listed by name. */
export const isAnything = (pattern: string): boolean => /^\*+$/.test(pattern)

/** Returns whether a list allows a text. `*` allows everything for which `isKept` is false. */
export const allows = (
  patterns: readonly string[],
  text: string,
  { names, isKept = () => false }: { names: Names; isKept?: (text: string) => boolean },
): boolean =>
  patterns.some((pattern) => (isAnything(pattern) ? !isKept(text) : matches(pattern, text, names)))

/** The patterns that apply to a mount. Those that end in `:ro` only apply to read-only mounts. */
export const withMode = (patterns: readonly string[], isReadOnly: boolean): string[] =>
  patterns
    .filter((pattern) => isReadOnly || !pattern.endsWith(':ro'))
    .map((pattern) => pattern.replace(/:ro$/, ''))
