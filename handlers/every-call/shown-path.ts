/** A shorter part of a path is no push token. */
const LONG = /[^/]{32,}/g

/**
 * The path of a call, for the log and for answers, without a push token. `isUnrouted`: there is no such route; the token may then be
 * anywhere in it.
 */
export const shownPath = (path: string, isUnrouted = false): string => {
  const shown = path.replace(/(image-pushed\/).+/is, '$1:token')
  return isUnrouted ? shown.replace(LONG, '…') : shown
}
