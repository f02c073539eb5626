/** The most of one text that we keep: an Engine passes on what registries and drivers say, of any length. */
const MAX_LENGTH = 2048

const HIDDEN = '[redacted]'

/** An address in quotes, as Go writes one, up to its closing quote; else a word without spaces and quotes. */
const PIECE = /"[\w+.-]{1,20}:\/\/(?:\\.|[^"\\])*|[^\s"]+/gs

/**
 * The words of an Engine, at most 2048 characters, without what may be a secret: names and passwords in addresses,
 * the queries of addresses, and the values of `token=`, `password=` and the like. The digest of an image stays.
 */
export const engineWords = (text: string): string => {
  const isCut = text.length > MAX_LENGTH
  const kept = text.slice(0, MAX_LENGTH)
  const plain = kept.replace(PIECE, (piece, at: number) =>
    // Half an address may hold half a password, and no @ to know it by.
    isCut && at + piece.length === kept.length ? '…' : withoutUserAndQuery(piece),
  )
  return plain.replace(ASSIGNED, `$1${HIDDEN}`).replace(CREDENTIALS, `$1${HIDDEN}`)
}

const withoutUserAndQuery = (piece: string): string =>
  withoutUser(piece).replace(/(:\/\/[^?#]*)[?#].+/s, `$1?${HIDDEN}`)

/** `access_token=abc`, also with quotes around the value. */
const ASSIGNED =
  /\b((?:[a-z\d]{1,20}[_-]){0,3}(?:token|password|passwd|pass|secret|credentials?|signature|sig|apikey)=)(?:"[^"]*|[^&,;\s"]+)/gi

/** The credentials in an Authorization header. The Engine's sentence `no basic auth credentials` has none. */
const CREDENTIALS = /\b((?:basic|bearer) )[\w+/=.~-]{16,}/gi

/** Hides all before the last @ that belongs to no digest: a password may hold any character, an @ and a / too. */
const withoutUser = (piece: string): string => {
  const at = lastAt(piece)
  const before = piece.slice(0, Math.max(0, at))
  const scheme = /^.{0,40}?:\/\//s.exec(before)?.[0]
  // Without a scheme, a name alone is no secret: a@b.
  if (at < 0 || (scheme === undefined && !before.includes(':'))) return piece
  return `${scheme ?? ''}${HIDDEN}${piece.slice(at)}`
}

const lastAt = (piece: string): number => {
  for (let at = piece.lastIndexOf('@'); at >= 0; at = at > 0 ? piece.lastIndexOf('@', at - 1) : -1)
    if (!DIGEST.test(piece.slice(at, at + 48))) return at
  return -1
}

const DIGEST = /^@sha\d{3}:[0-9a-f]{32}/
