/**
 * JSON escapes only the control characters below the space. These characters also control a terminal, end a
 * line or change the writing direction.
 */
const UNSEEN = /[\x7f-\x9f\p{Cf}\u2028\u2029]/gu

/**
 * Writes a value as JSON for a log or a terminal. Invisible characters are escaped; parsing gives the same
 * value.
 */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(UNSEEN, escapeUnits)

const escapeUnits = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16)
    return `\\u${unit.padStart(4, '0')}`
  }).join('')
