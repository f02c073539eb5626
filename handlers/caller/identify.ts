import type { Dependencies } from '../dependencies.ts'
import { RequestError } from '../errors.ts'
import type { SignAnswer } from '../every-call/answer.ts'
import { type HubKeys, isEqual, requireSignature, signCall, verifySignature } from './signature.ts'

/** Whom a call speaks for, and what signs its answer; a person's is not signed. */
type Caller = { hub: string; sign: SignAnswer | undefined }

/** Says which hub a call speaks for: the one whose secret signed it, or for a person's admin token, the one named by `?hub=`. */
export const identify = (deps: Dependencies, request: Request, body: string): Caller => {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    requireAdmin(deps, authorization)
    const hub = chosenHub(deps.hubs, new URL(request.url).searchParams.get('hub'))
    return { hub, sign: undefined }
  }
  const { hub, key } = verifySignature(deps.hubs, request.headers, body)
  const id = request.headers.get('webhook-id') ?? ''
  // With the key of the call: while a secret is rotated, the hub may know no other.
  const sign: SignAnswer = (answer) =>
    signCall(key, { id, timestamp: Math.floor(deps.spawner.now() / 1000), body: answer })
  return { hub, sign }
}

/** Throws unless a call shows an admin token that is right, or what could be a signature: all that headers alone can tell. */
export const requireCredentials = (
  deps: Pick<Dependencies, 'adminToken'>,
  headers: Headers,
): void => {
  const authorization = headers.get('authorization')
  if (authorization === null) requireSignature(headers)
  else requireAdmin(deps, authorization)
}

/** Lets a person's `Authorization: Bearer <admin token>` pass; the comparison takes the same time wherever they differ. */
const requireAdmin = (
  { adminToken }: Pick<Dependencies, 'adminToken'>,
  authorization: string | null,
): void => {
  const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  if (adminToken === undefined || given === undefined || !isEqual(given, adminToken))
    throw new RequestError('unauthorized', 'The admin token is not right, or none is set')
}

const chosenHub = (hubs: readonly HubKeys[], asked: string | null): string => {
  const names = hubs.map(({ hub }) => hub)
  if (asked !== null && names.includes(asked)) return asked
  const [only] = names
  if (asked === null && only !== undefined && names.length === 1) return only
  throw new RequestError('invalid_request', 'Name one of the configured hubs with ?hub=')
}
