import type { Dependencies } from '../dependencies.ts'
import { RequestError } from '../errors.ts'
import type { SignAnswer } from '../every-call/answer.ts'
import { type HubKeys, isEqual, requireSignature, signCall, verifySignature } from './signature.ts'

/** The hub that a call speaks for, and the function that signs its answer. A person's answer is not signed. */
export type Caller = { hub: string; sign: SignAnswer | undefined }

/**
 * Returns which hub a call speaks for: the hub whose secret signed it or, with the admin token, the hub in
 * `?hub=`.
 */
export const identify = (deps: Dependencies, request: Request, body: string): Caller => {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    requireAdmin(deps, authorization)
    const hub = chosenHub(deps.hubs, new URL(request.url).searchParams.get('hub'))
    return { hub, sign: undefined }
  }
  const { hub, key } = verifySignature(deps.hubs, request.headers, body)
  const id = request.headers.get('webhook-id') ?? ''
  // The answer is signed with the key of the call. While a secret is rotated, the hub may only know that one.
  const sign: SignAnswer = (answer) =>
    signCall(key, { id, timestamp: Math.floor(deps.spawner.now() / 1000), body: answer })
  return { hub, sign }
}

/**
 * Throws unless a call has a valid admin token, or headers that could be a signature. Only the body can prove a
 * signature.
 */
export const requireCredentials = (
  deps: Pick<Dependencies, 'adminToken'>,
  headers: Headers,
): void => {
  const authorization = headers.get('authorization')
  if (authorization === null) requireSignature(headers)
  else requireAdmin(deps, authorization)
}

/**
 * Throws unless `authorization` is `Bearer <admin token>`, or has one of the `others`. The comparison takes the same time wherever the
 * texts differ.
 */
export const requireAdmin = (
  { adminToken }: Pick<Dependencies, 'adminToken'>,
  authorization: string | null,
  others: readonly (string | undefined)[] = [],
): void => {
  const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  const isKnown = (token: string | undefined): boolean =>
    token !== undefined && given !== undefined && isEqual(given, token)
  // Each token is compared, whichever fits, so that the time says nothing.
  if (![adminToken, ...others].map(isKnown).includes(true))
    throw new RequestError(
      'unauthorized',
      'The admin token is wrong, or the service has none (SWARMSPAWNER_ADMIN_TOKEN)',
    )
}

const chosenHub = (hubs: readonly HubKeys[], asked: string | null): string => {
  const names = hubs.map(({ hub }) => hub)
  if (asked !== null && names.includes(asked)) return asked
  const [only] = names
  if (asked === null && only !== undefined && names.length === 1) return only
  throw new RequestError('invalid_request', 'Name one of the configured hubs with ?hub=')
}
