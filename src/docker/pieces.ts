/** What arrives in pieces of any size, held in few: a piece of one byte takes a hundred bytes of memory. */
type Pieces = {
  push: (piece: Uint8Array) => void
  /** All that has come since the last time. */
  take: () => Uint8Array[]
}

const SMALL_BYTES = 1024
const MAX_SMALL = 256

/** Makes a Pieces that holds nothing. */
export const createPieces = (): Pieces => {
  let held: Uint8Array[] = []
  let small: Uint8Array[] = []
  const join = () => {
    const [only] = small
    if (only) held.push(small.length === 1 ? only : joined(small))
    small = []
  }
  return {
    push: (piece) => {
      if (piece.byteLength < SMALL_BYTES && small.length < MAX_SMALL) return void small.push(piece)
      join()
      if (piece.byteLength < SMALL_BYTES) small.push(piece)
      else held.push(piece)
    },
    take: () => {
      join()
      const all = held
      held = []
      return all
    },
  }
}

/** The number of pieces that may be short. Each further piece counts as 32 bytes at least, because it costs work. */
const FREE_PIECES = 1024
const LEAST_WEIGHT = 32

/** Makes a scale for the pieces of one body, in bytes; after the first thousand, a piece weighs 32 at least. */
export const createScale = (): ((piece: Uint8Array) => number) => {
  let count = 0
  return ({ byteLength }) =>
    ++count > FREE_PIECES ? Math.max(byteLength, LEAST_WEIGHT) : byteLength
}

/** Several pieces as one. */
export const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const [only] = pieces
  if (only && pieces.length === 1) return only
  const all = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.byteLength
  }
  return all
}
