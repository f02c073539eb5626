import { sha256Hex } from '../../src/spawner/server/digest.ts'
import { RequestError } from '../errors.ts'
import { hmacHex, isEqual } from './signature.ts'

/** A push token's hash, and the hub whose images it may announce. The token itself is not kept. */
export type PushToken = { hub: string; hash: string }

export const createPushToken = (hub: string, token: string): PushToken => ({
  hub,
  hash: sha256Hex(token),
})

/**
 * The hub of a push token. All tokens are compared, by hashes of one length, so the time says nothing of any. Throws a RequestError,
 * `unauthorized`.
 */
export const requirePushToken = (tokens: readonly PushToken[], given: string): string => {
  const hash = sha256Hex(given)
  const [own] = tokens.filter((token) => isEqual(token.hash, hash))
  if (own) return own.hub
  throw new RequestError(
    'unauthorized',
    'The token in the path is wrong, or the service has none (SWARMSPAWNER_PUSH_TOKENS)',
  )
}

const SIGNATURE = 'x-hub-signature-256'

/**
 * Checks GitHub's signature of a body, if there is one. Its key is the push token of the call: whoever sets up the webhook may
 * enter the token as its secret. Throws a RequestError, `unauthorized`.
 */
export const requireGithubSignature = (headers: Headers, token: string, body: string): void => {
  const given = headers.get(SIGNATURE)
  if (given === null || isEqual(given, `sha256=${hmacHex(token, body)}`)) return
  throw new RequestError(
    'unauthorized',
    `The signature in ${SIGNATURE} was not made with the token in the path: as the secret of the webhook, enter that token, or nothing`,
  )
}
