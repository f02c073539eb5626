import { invalid } from './entries.ts'
import { PLACEHOLDER, type Placeholders } from './placeholders.ts'

const USER_NAMES = ['{raw_username}', '{escaped_username}'] as const
type UserName = (typeof USER_NAMES)[number]

const isUserName = (word: string | undefined): word is UserName =>
  USER_NAMES.some((one) => one === word)

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
    if (!couldBeAnothers({ before, between, after }, placeholders)) continue
    const [first, second] = isUserName(before) ? [before, after] : [after, before]
    throw invalid(
      at,
      `${first} and ${second} together could give the same name as another user's server; use {username}`,
    )
  }
}

type Neighbours = { before: string; between: string; after: string }

/**
 * Says whether a shorter user name with the same text after it begins alike, or one with the same text before it ends
 * alike: the rest may then be in the server's name. The hash has one length, and no user chooses it.
 */
const couldBeAnothers = (
  { before, between, after }: Neighbours,
  placeholders: Placeholders,
): boolean => {
  if (isUserName(before) && isUserName(after)) return before !== after
  if (isUserName(before) && after === '{server_name}') {
    const name = placeholders[before] ?? ''
    return (name + between).indexOf(between) < name.length
  }
  if (before === '{server_name}' && isUserName(after))
    return (between + (placeholders[after] ?? '')).lastIndexOf(between) > 0
  return false
}
