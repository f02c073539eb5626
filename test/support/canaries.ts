/** Texts that stand for secrets, by the place where they are planted; none may come out anywhere. */
type Canaries = Readonly<Record<string, string>>

/** How much of one is enough: errors of parsers quote the beginning of what they were given. */
const PIECE_LENGTH = 9

/** Makes a canary for a place: letters and digits, so that no spelling hides one. */
export const canaryOf = (place: string): string =>
  `c${crypto.randomUUID().replaceAll('-', '')}0${place}`

/** The places of which a piece is in a text, as it is or in the usual codings. */
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

/** In base64, a text looks different at each of three offsets; both its ends depend on the neighbours. */
const inBase64 = (text: string): string[] =>
  [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
      .toString('base64')
      .slice(4, -4),
  )
