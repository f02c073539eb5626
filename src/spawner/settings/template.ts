import { invalid } from './entries.ts'

/** The values of the placeholders in mounts and labels, for one server. */
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

/** What readers of settings need besides the value itself. */
export type Context = { placeholders: Placeholders; author: Author }

export const PLACEHOLDER = /(\{(?:username|server_name|raw_username)\})/g

/** Fills the placeholders in. All other braces stay as they are, also `{{.Node.Hostname}}`. */
export const fill = (text: string, placeholders: Placeholders): string =>
  text.replace(PLACEHOLDER, (_, word: keyof Placeholders) => placeholders[word])

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

/**
 * Refuses `{raw_username}-{server_name}`: the server `b-1` of the user `a` would get the files of the server
 * `1` of the user `a-b`.
 */
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
        `{raw_username} and {server_name} together could give the same name as another user's server; use {username}`,
      )
  }
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
