import * as fc from 'fast-check'

/** The bytes of a body in pieces: cut at each of these places. */
export async function* cutAt(
  bytes: Uint8Array,
  places: readonly number[],
): AsyncGenerator<Uint8Array> {
  const cuts = [...new Set([0, ...places, bytes.byteLength])].sort((a, b) => a - b)
  for (const [index, start] of cuts.entries())
    yield bytes.subarray(start, cuts[index + 1] ?? bytes.byteLength)
}

/** Any set of places where a body of this length may be cut. */
export const anyCuts = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: length }), { maxLength: 20 })

/** A body that ends with an error. */
export async function* broken(
  chunks: Iterable<Uint8Array>,
  error: unknown,
): AsyncGenerator<Uint8Array> {
  yield* chunks
  throw error
}
