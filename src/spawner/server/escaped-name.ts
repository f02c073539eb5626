/** The longest name that a directory can have on Linux, and so the longest name of a local volume. */
const MAX_FILE_NAME = 255

/**
 * The user name as dockerspawner 12 and later writes it (`escape` of its package escapism): small letters and digits stay,
 * every other byte of UTF-8 becomes `-` and its hex digits, so that two users have two. Undefined for a name that is too long
 * then to be that of a volume, and for one with control characters: escapism writes some of these with a single digit, which
 * another user's name may have as well.
 */
export const escapedName = (username: string): string | undefined => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the bytes that have a single hex digit
  if (/[\0-\x0f]/.test(username)) return undefined
  const escaped = username.replace(/[^a-z0-9]+/g, (text) =>
    [...new TextEncoder().encode(text)].map((byte) => `-${byte.toString(16)}`).join(''),
  )
  return escaped.length > MAX_FILE_NAME ? undefined : escaped
}
