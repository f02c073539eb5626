/**
 * 2048 characters are enough for any sentence of an Engine. Registries and drivers can make it say more,
 * without a limit.
 */
const MAX_LENGTH = 2048

const HIDDEN = '[redacted]'

/**
 * An address in quotes, as Go writes it, without the closing quote; or else a word without spaces and quotes.
 */
const PIECE = /"[\w+.-]{1,20}:\/\/(?:\\.|[^"\\])*|[^\s"]+/gs

/**
 * An Engine's text, cut to 2048 characters and without what may be a secret. It hides user names and passwords
 * in addresses, the queries of addresses, and the values of `token=`, `password=` and similar names. Digests of
 * images stay.
 */
export const engineWords = (text: string): string => {
  const isCut = text.length > MAX_LENGTH
  const kept = text.slice(0, MAX_LENGTH)
  const plain = kept.replace(PIECE, (piece, at: number) =>
    // The cut may have removed the @, so half an address could show half a password.
    isCut && at + piece.length === kept.length ? '…' : withoutUserAndQuery(piece),
  )
  return plain.replace(ASSIGNED, `$1${HIDDEN}`).replace(CREDENTIALS, `$1${HIDDEN}`)
}

const withoutUserAndQuery = (piece: string): string =>
  withoutUser(piece).replace(/(:\/\/[^?#]*)[?#].+/s, `$1?${HIDDEN}`)

/** `access_token=abc`, with or without quotes around the value. */
const ASSIGNED =
  /\b((?:[a-z\d]{1,20}[_-]){0,3}(?:token|password|passwd|pass|secret|credentials?|signature|sig|apikey)=)(?:"[^"]*|[^&,;\s"]+)/gi

/**
 * The credentials in an Authorization header. The Engine's sentence `no basic auth credentials` does not match.
 */
const CREDENTIALS = /\b((?:basic|bearer) )[\w+/=.~-]{16,}/gi

/**
 * Hides everything before the last @ that is not part of a digest. A password may hold any character, also @
 * and /.
 */
const withoutUser = (piece: string): string => {
  const at = lastAt(piece)
  const before = piece.slice(0, Math.max(0, at))
  const scheme = /^.{0,40}?:\/\//s.exec(before)?.[0]
  // In `a@b`, without a scheme or a colon, the name before the @ is no secret.
  if (at < 0 || (scheme === undefined && !before.includes(':'))) return piece
  return `${scheme ?? ''}${HIDDEN}${piece.slice(at)}`
}

const lastAt = (piece: string): number => {
  for (let at = piece.lastIndexOf('@'); at >= 0; at = at > 0 ? piece.lastIndexOf('@', at - 1) : -1)
    if (!DIGEST.test(piece.slice(at, at + 48))) return at
  return -1
}

const DIGEST = /^@sha\d{3}:[0-9a-f]{32}/
