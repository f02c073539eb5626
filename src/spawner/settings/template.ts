import { invalid } from './entries.ts'
import {
  PLACEHOLDER,
  type Placeholders,
  type PlaceholderWord,
  refuseUnknownWords,
} from './placeholders.ts'
import { refuseSharedName } from './shared-names.ts'

/** Who wrote a setting. An admin may use the Engine's templates; in a user's text they are plain text. */
export type Author = 'admin' | 'user'

/** What readers of settings need besides the value itself. */
export type Context = { placeholders: Placeholders; author: Author }

/** Fills the placeholders in. It refuses an unknown word in braces. All other braces stay as they are, also `{{.Node.Hostname}}`. */
export const fill = (text: string, placeholders: Placeholders, at: string): string => {
  refuseUnknownWords(text, at)
  return text.replace(PLACEHOLDER, (_, word: PlaceholderWord) => wordValue(word, placeholders, at))
}

/**
 * `fill` for a text of a mount, which may be a path or a template of the Engine. It refuses a user name that
 * could change the path or be a template. With `isList` the text is a list of options, where a user name with a
 * comma would add options.
 */
export const fillPath = (
  text: string,
  placeholders: Placeholders,
  at: string,
  { isList = false }: { isList?: boolean } = {},
): string => {
  if (!text.includes('{')) return text
  refuseUnknownWords(text, at)
  refuseSharedName(text, placeholders, at)
  return text.replace(PLACEHOLDER, (_, word: PlaceholderWord) => {
    const value = wordValue(word, placeholders, at)
    if (/[/\\:\0{}]/.test(value) || value === '.' || value === '..')
      throw invalid(at, `${word} can't be part of a path for this user; use {username}`)
    if (isList && value.includes(','))
      throw invalid(at, `${word} can't be part of options for this user; use {username}`)
    return value
  })
}

const wordValue = (word: PlaceholderWord, placeholders: Placeholders, at: string): string => {
  const value = placeholders[word]
  if (value === undefined) throw invalid(at, `${word} can't stand for this user; use {username}`)
  return value
}

/** Escapes `{{`, so that the Engine does not expand it as a Go template. For Env and Hostname. */
export const escapeTemplate = (text: string): string => text.replaceAll('{{', '{{"{{"}}')

/**
 * Applies a function to every text in a JSON value, except keys. The function gets the keys that lead to the
 * text.
 */
export const mapStrings = (
  value: unknown,
  change: (text: string, keys: readonly string[]) => string,
  keys: readonly string[] = [],
): unknown => {
  if (typeof value === 'string') return change(value, keys)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, keys))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, change, [...keys, key])]),
  )
}
