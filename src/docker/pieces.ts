/**
 * Holds a body that comes in pieces of any size, as few larger pieces. A piece of one byte takes about a
 * hundred bytes of memory.
 */
type Pieces = {
  push: (piece: Uint8Array) => void
  /** Returns everything pushed since the last call. */
  take: () => Uint8Array[]
}

/** Pieces below 1 KiB are joined, 256 at a time: then the cost of an object for each piece does not matter. */
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

/**
 * The first 1024 pieces may be short. Each further piece counts as at least 32 bytes, because each piece costs
 * work.
 */
const FREE_PIECES = 1024
const LEAST_WEIGHT = 32

/**
 * Makes a function that weighs the pieces of one body, in bytes. After the first 1024, each piece weighs at
 * least 32.
 */
export const createScale = (): ((piece: Uint8Array) => number) => {
  let count = 0
  return ({ byteLength }) =>
    ++count > FREE_PIECES ? Math.max(byteLength, LEAST_WEIGHT) : byteLength
}

/** Joins several pieces into one. */
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
