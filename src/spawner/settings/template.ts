import { invalid } from './entries.ts'

/** What the placeholders of mounts and labels stand for, for one server. */
export type Placeholders = {
  /** The owner's hash: the md5 of the user name in hex. */
  '{username}': string
  /** The server's part of the service name: `1` for the default server. */
  '{server_name}': string
  /** The user name itself. */
  '{raw_username}': string
}

/** Who wrote a setting. An admin may use the Engine's templates; in a user's text they are plain text. */
export type Author = 'admin' | 'user'

/** What the reading of a setting depends on, beside the setting. */
export type Context = { placeholders: Placeholders; author: Author }

export const PLACEHOLDER = /(\{(?:username|server_name|raw_username)\})/g

/** Puts in the placeholders' values; every other brace stays as it is, `{{.Node.Hostname}}` too. */
export const fill = (text: string, placeholders: Placeholders): string =>
  text.replace(PLACEHOLDER, (_, word: keyof Placeholders) => placeholders[word])

/**
 * The same for a mount, whose texts are paths and templates of the Engine: a user name that could be either is refused.
 * Options of a mount are a list, in which a user name with a comma would add some.
 */
export const fillPath = (
  text: string,
  placeholders: Placeholders,
  at: string,
  { isList = false }: { isList?: boolean } = {},
): string => {
  if (!text.includes('{')) return text
  refuseSharedName(text, placeholders, at)
  return text.replace(PLACEHOLDER, (_, word: keyof Placeholders) => {
    const value = placeholders[word]
    if (/[/\\:\0{}]/.test(value) || value === '.' || value === '..')
      throw invalid(at, `${word} can't be part of a path for this user; use {username}`)
    if (isList && value.includes(','))
      throw invalid(at, `${word} can't be part of options for this user; use {username}`)
    return value
  })
}

const BESIDE = /\{raw_username\}([^/{}]*)\{server_name\}|\{server_name\}([^/{}]*)\{raw_username\}/g

/** With `{raw_username}-{server_name}`, the server `b-1` of the user `a` would have the files of the server `1` of `a-b`. */
const refuseSharedName = (
  text: string,
  { '{raw_username}': username }: Placeholders,
  at: string,
): void => {
  for (const [, after, before] of text.matchAll(BESIDE)) {
    const between = after ?? before ?? ''
    if (username.includes(between))
      throw invalid(
        at,
        `{raw_username} and {server_name} could make the name of another user's server here; use {username}`,
      )
  }
}

/** Makes the Engine take `{{` literally where it would expand a Go template: Env and Hostname. */
export const escapeTemplate = (text: string): string => text.replaceAll('{{', '{{"{{"}}')

/** Applies a function to every string in a JSON value, not to its keys; it is told the keys that lead there. */
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
