import { invalid } from './entries.ts'
import { PLACEHOLDER, type Placeholders } from './placeholders.ts'

const USER_NAMES = ['{raw_username}', '{escaped_username}', '{legacy_escaped_username}'] as const
type UserName = (typeof USER_NAMES)[number]

const isUserName = (word: string | undefined): word is UserName =>
  USER_NAMES.some((one) => one === word)

const SERVER_NAMES = ['{server_name}', '{escaped_server_name}'] as const
type ServerName = (typeof SERVER_NAMES)[number]

const isServerName = (word: string | undefined): word is ServerName =>
  SERVER_NAMES.some((one) => one === word)

/**
 * Refuses two names side by side that could be those of another user's server: with `{raw_username}-{server_name}`, the server
 * `b-1` of the user `a` would have the files of the server `1` of `a-b`. A slash between them keeps them apart.
 */
export const refuseSharedName = (text: string, placeholders: Placeholders, at: string): void => {
  // At odd places stand the placeholders, at even ones what is between them.
  const parts = text.split(PLACEHOLDER)
  for (let index = 1; index + 2 < parts.length; index += 2) {
    const [before, between = '', after] = parts.slice(index, index + 3)
    if (between.includes('/') || before === undefined || after === undefined) continue
    const isAll = parts.length === 5
    if (!couldBeAnothers({ before, between, after, isAll }, placeholders)) continue
    const [first, second] = isUserName(before) ? [before, after] : [after, before]
    throw invalid(
      at,
      `${first} and ${second} together could give the same name as another user's server; use {username}`,
    )
  }
}

/** Two placeholders and the text between them. `isAll`: the text has no other placeholder. */
type Neighbours = { before: string; between: string; after: string; isAll: boolean }

/**
 * Says whether a shorter user name with the same text after it begins alike, or one with the same text before it ends
 * alike: the rest may then be in the server's name. The hash has one length, and no user chooses it.
 */
const couldBeAnothers = (
  { before, between, after, isAll }: Neighbours,
  placeholders: Placeholders,
): boolean => {
  if (isUserName(before) && isUserName(after)) return before !== after
  if (isAll && before === '{escaped_username}' && after === '{escaped_server_name}')
    return continuesName(placeholders[before] ?? '', between, placeholders[after] ?? '')
  if (isUserName(before) && isServerName(after)) {
    const name = placeholders[before] ?? ''
    return (name + between).indexOf(between) < name.length
  }
  if (isServerName(before) && isUserName(after))
    return (between + (placeholders[after] ?? '')).lastIndexOf(between) > 0
  return false
}

/** What `escapedName` may give; it may be more. */
const ESCAPED = /^(?:[a-z0-9]|-[0-9a-f]{2})*$/

/**
 * Says whether a server's name may be the end of a longer user name with a server of its own: `{username}-{servername}` of
 * dockerspawner gives `a-2db-2dc` for the server `2db-c` of `a`, and for the server `2dc` of `a-b`. Only the former is refused,
 * so that default servers and plain names of servers keep what they have.
 */
const continuesName = (user: string, between: string, server: string): boolean => {
  if (between === '') return server !== ''
  const rest = between + server
  for (let at = rest.indexOf(between, 1); at > 0; at = rest.indexOf(between, at + 1)) {
    const isName = ESCAPED.test(user + rest.slice(0, at))
    if (isName && ESCAPED.test(rest.slice(at + between.length))) return true
  }
  return false
}
