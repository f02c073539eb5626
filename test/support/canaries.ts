/** Texts that stand for secrets, by the place where they are planted. None may appear in any output. */
export type Canaries = Readonly<Record<string, string>>

/**
 * 9 characters of a canary are enough to find it, because errors of parsers quote the beginning of their input.
 */
const PIECE_LENGTH = 9

/** Makes a canary for a place. It has only letters and digits, so no encoding of text changes it. */
export const canaryOf = (place: string): string =>
  `c${crypto.randomUUID().replaceAll('-', '')}0${place}`

/** The places whose canary is in a text, plain or in the usual encodings. */
export const findCanaries = (canaries: Canaries, text: string): string[] =>
  Object.entries(canaries)
    .filter(([, canary]) => spellings(canary).some((spelling) => text.includes(spelling)))
    .map(([place]) => place)

const spellings = (canary: string): string[] => {
  const start = canary.slice(0, 33)
  const pieces = Array.from({ length: start.length - PIECE_LENGTH + 1 }, (_, at) =>
    start.slice(at, at + PIECE_LENGTH),
  )
  return [...pieces, Buffer.from(start).toString('hex'), ...inBase64(start)]
}

/** A text in base64 differs at each of three offsets, and both ends depend on their neighbours. */
const inBase64 = (text: string): string[] =>
  [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
      .toString('base64')
      .slice(4, -4),
  )
