const WORD = '{escaped_username}'

/** One character as an escaped name has it: a small letter or digit, or the bytes of UTF-8 that make another character. */
const CHARACTER =
  /^(?:[a-z0-9]|-[1-7][0-9a-f]|-[cd][0-9a-f]-[89ab][0-9a-f]|-e[0-9a-f](?:-[89ab][0-9a-f]){2}|-f[0-7](?:-[89ab][0-9a-f]){3})/

/**
 * Says whether a text of a pattern with `{escaped_username}` and `*` may have the name of another user: of `home-{escaped_username}-*`,
 * the text `home-a-2db` is that of the user `a-b`. `fill` puts names into a part of the pattern.
 */
export const mayNameAnother = (
  pattern: string,
  text: string,
  fill: (part: string) => string,
): boolean => {
  if (!pattern.includes('*')) return false
  for (let at = pattern.indexOf(WORD); at >= 0; at = pattern.indexOf(WORD, at + 1)) {
    const before = pattern.slice(0, at + WORD.length)
    // What stands for the star may be the beginning of the name.
    if (before.includes('*')) return true
    if (CHARACTER.test(text.slice(fill(before).length))) return true
  }
  return false
}
