/** One character as each kind of escaped name has it: one that stays, or the bytes of UTF-8 that make another character. */
const CHARACTER = {
  '{escaped_username}':
    /^(?:[a-z0-9]|-[1-7][0-9a-f]|-[cd][0-9a-f]-[89ab][0-9a-f]|-e[0-9a-f](?:-[89ab][0-9a-f]){2}|-f[0-7](?:-[89ab][0-9a-f]){3})/,
  '{legacy_escaped_username}':
    /^(?:[a-zA-Z0-9-]|_[1-7][0-9A-F]|_[CD][0-9A-F]_[89AB][0-9A-F]|_E[0-9A-F](?:_[89AB][0-9A-F]){2}|_F[0-7](?:_[89AB][0-9A-F]){3})/,
} as const

/** The placeholders of escaped user names. */
export type EscapedWord = keyof typeof CHARACTER
export const ESCAPED_WORDS = ['{escaped_username}', '{legacy_escaped_username}'] as const

/** What a user may choose in a text that matches: the star, and names of their servers. */
const CHOSEN = /\*|\{(?:escaped_)?server_name\}/
const CHOSEN_BEFORE = /\*|\{(?:escaped_)?server_name\}[^/]*$/

/**
 * Says whether a text of a pattern with an escaped name and `*`, or the name of a server, may have the name of another user:
 * of `home-{escaped_username}-*`, the text `home-a-2db` is that of the user `a-b`. `fill` puts names into a part of the pattern.
 */
export const mayNameAnother = (
  word: EscapedWord,
  { pattern, text, fill }: { pattern: string; text: string; fill: (part: string) => string },
): boolean => {
  if (!CHOSEN.test(pattern)) return false
  for (let at = pattern.indexOf(word); at >= 0; at = pattern.indexOf(word, at + 1)) {
    const before = pattern.slice(0, at + word.length)
    // What stands for the star may be the beginning of the name.
    if (CHOSEN_BEFORE.test(before)) return true
    if (CHARACTER[word].test(text.slice(fill(before).length))) return true
  }
  return false
}
