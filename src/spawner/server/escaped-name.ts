/** The longest name that a directory can have on Linux, and so the longest name of a local volume. */
const MAX_FILE_NAME = 255

/**
 * The user name as dockerspawner 12 and later writes it (`escape` of its package escapism): small letters and digits stay,
 * every other byte of UTF-8 becomes `-` and its hex digits, so that two users have two. Undefined for a name that is too long
 * then to be that of a volume, and for one with control characters: escapism writes some of these with a single digit, which
 * another user's name may have as well.
 */
export const escapedName = (username: string): string | undefined =>
  escapeWith(username, /[^a-z0-9]+/g, (hex) => `-${hex}`)

/**
 * The user name as dockerspawner before 12 writes it, and later ones with `escape = 'legacy'`: letters, digits and `-` stay,
 * every other byte becomes `_` and its hex digits in capitals. Undefined like `escapedName`.
 */
export const legacyEscapedName = (username: string): string | undefined =>
  escapeWith(username, /[^a-zA-Z0-9-]+/g, (hex) => `_${hex.toUpperCase()}`)

/** The name of a server as dockerspawner 12 and later writes it: empty for the default server. Undefined like `escapedName`. */
export const escapedServerName = (serverName: string): string | undefined =>
  escapedName(serverName.toLowerCase())

const escapeWith = (
  name: string,
  unsafe: RegExp,
  write: (hex: string) => string,
): string | undefined => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the bytes that have a single hex digit
  if (/[\0-\x0f]/.test(name)) return undefined
  const escaped = name.replace(unsafe, (text) =>
    [...new TextEncoder().encode(text)].map((byte) => write(byte.toString(16))).join(''),
  )
  return escaped.length > MAX_FILE_NAME ? undefined : escaped
}
