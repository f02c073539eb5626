/** Characters that take two columns on a terminal: East Asian wide and full-width ones, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

/** Characters that take no column of their own, such as accents. */
const NARROWEST = /[\p{Mn}\p{Me}]/u

/** How many columns a character takes on a terminal. */
export const characterWidth = (character: string): number => {
  if (NARROWEST.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** How many columns a text without control characters takes on a terminal. */
export const textWidth = (text: string): number =>
  /^[\x20-\x7e]*$/.test(text)
    ? text.length
    : Array.from(text).reduce((width, character) => width + characterWidth(character), 0)
