import type { Placeholders } from '../settings/template.ts'

/** What the placeholders of a policy stand for: those of mounts, and the name of the hub. */
export type Names = Placeholders & { '{hub}': string }

const PLACEHOLDER = /(\{(?:username|server_name|raw_username|hub)\})/g

/** A text with its placeholders filled in. */
export const fillIn = (text: string, names: Names): string =>
  text.replace(PLACEHOLDER, (_, word: keyof Names) => names[word])

/** Says what a list of patterns allows, placeholders filled in: a part of a refusal. */
export const allowedAre = (patterns: readonly string[], names: Names): string =>
  patterns.length === 0
    ? 'none is'
    : `allowed are ${patterns.map((pattern) => fillIn(pattern, names)).join(', ')}`

/** Says whether a text is of a pattern, in which `*` stands for any text and placeholders are filled in. */
export const matches = (pattern: string, text: string, names: Names): boolean => {
  // A user name that is no plain word could be half a path, or a pattern of its own.
  if (pattern.includes('{raw_username}') && !isPlain(names['{raw_username}'])) return false
  const [first = '', ...rest] = pattern.split('*').map((part) => fillIn(part, names))
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

const isPlain = (name: string): boolean =>
  /^[\p{L}\p{N}_@.+ -]+$/u.test(name) && !/^\.+$/.test(name)

/** Says whether a pattern is nothing but `*`: what is kept back needs to be named. */
export const isAnything = (pattern: string): boolean => /^\*+$/.test(pattern)

/** Says whether a list allows a text; `*` allows all but what `isKept` says is kept back. */
export const allows = (
  patterns: readonly string[],
  text: string,
  { names, isKept = () => false }: { names: Names; isKept?: (text: string) => boolean },
): boolean =>
  patterns.some((pattern) => (isAnything(pattern) ? !isKept(text) : matches(pattern, text, names)))

/** The patterns that a mount may use: one that ends in `:ro` is for those that are mounted read-only. */
export const withMode = (patterns: readonly string[], isReadOnly: boolean): string[] =>
  patterns
    .filter((pattern) => isReadOnly || !pattern.endsWith(':ro'))
    .map((pattern) => pattern.replace(/:ro$/, ''))
