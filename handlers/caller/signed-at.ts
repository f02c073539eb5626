/** A timestamp counts whole seconds, so the call may have been signed at the end of that second. */
const ONE_SECOND_MS = 999

/**
 * The latest moment when a verified call can have been signed, in milliseconds of the hub's clock. Undefined
 * for a person's call, which others cannot replay.
 */
export const signedAt = (headers: Headers): number | undefined =>
  headers.has('authorization')
    ? undefined
    : Number(headers.get('webhook-timestamp')) * 1000 + ONE_SECOND_MS
