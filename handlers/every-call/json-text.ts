/** JSON escapes the controls below the space. These, too, steer a terminal, end a line or turn the direction of writing. */
const UNSEEN = /[\x7f-\x9f\p{Cf}\u2028\u2029]/gu

/** A value as JSON that is good for a log and a terminal: what can't be seen in it is escaped, and parses to the same. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(UNSEEN, escapeUnits)

const escapeUnits = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16)
    return `\\u${unit.padStart(4, '0')}`
  }).join('')
