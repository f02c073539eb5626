/** The beginning of what the progress says of a server that waits for its health check. */
export const HEALTH_WAIT = /^Waiting for the health check\b/

/**
 * What the progress says of a health check. The lengths of time in it stay true while people read them; the seconds that
 * are left would not.
 */
export const HEALTH_WORDS = {
  first: (time: string) =>
    `Waiting for the health check: it runs for the first time ${time} after the start of the program`,
  again: (time: string) =>
    `Waiting for the health check, which has not passed yet: it runs every ${time}`,
  unknown: 'Waiting for the health check of the image, if it has one',
} as const
