/** A timestamp counts seconds: what happened in the same one is not after it. */
const ONE_SECOND_MS = 999

/**
 * The last moment at which a verified call can have been signed, in milliseconds of the hub's clock; undefined for a
 * person's, which can't be sent again by others.
 */
export const signedAt = (headers: Headers): number | undefined =>
  headers.has('authorization')
    ? undefined
    : Number(headers.get('webhook-timestamp')) * 1000 + ONE_SECOND_MS
