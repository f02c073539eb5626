import { EnvError } from './env-error.ts'

/** 16 characters of `openssl rand -hex` are 64 bits. Nobody can guess that over a network. */
const MIN_LENGTH = 16
/**
 * Fewer than 5 different characters look like a key that was held down. 16 random hex digits have so few only
 * once in two million times.
 */
const MIN_CHARACTERS = 5

/** What a header carries as it is. Programs send all other characters in one encoding or another. */
const SENDABLE = /^[\x20-\x7e]*$/

/** Returns a token that nobody can guess; throws an EnvError for another one. `danger` says what who guesses it can do. */
export const requireStrong = (token: string, origin: string, danger: string): string => {
  if (!SENDABLE.test(token))
    throw new EnvError(
      `${origin}: the token must be letters, digits and signs of ASCII on one line, because no header carries others as they are; make one with: openssl rand -hex 16`,
    )
  const [length, different] = [token.length, new Set(token).size]
  if (length >= MIN_LENGTH && different >= MIN_CHARACTERS) return token
  const why =
    length < MIN_LENGTH
      ? `has ${length} characters and must have at least ${MIN_LENGTH}`
      : `has only ${different} different characters`
  throw new EnvError(
    `${origin}: the token ${why}, because whoever guesses it can ${danger}; make one with: openssl rand -hex 16`,
  )
}
