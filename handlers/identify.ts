import type { Deps } from './deps.ts'
import { RequestError } from './errors.ts'
import { type HubKeys, isEqual, requireSignature, verifySignature } from './signature.ts'

/** Says which hub a call speaks for: the one whose secret signed it, or for a person's admin token, the one named by `?hub=`. */
export const identify = (deps: Deps, request: Request, body: string): string => {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    requireAdmin(deps, authorization)
    return chosenHub(deps.hubs, new URL(request.url).searchParams.get('hub'))
  }
  return verifySignature(deps.hubs, request.headers, body, deps.spawner.now())
}

/** Throws unless a call shows an admin token that is right, or what could be a signature: all that headers alone can tell. */
export const requireCredentials = (deps: Pick<Deps, 'adminToken'>, headers: Headers): void => {
  const authorization = headers.get('authorization')
  if (authorization === null) requireSignature(headers)
  else requireAdmin(deps, authorization)
}

/** Lets a person's `Authorization: Bearer <admin token>` pass; the comparison takes the same time wherever they differ. */
export const requireAdmin = (
  { adminToken }: Pick<Deps, 'adminToken'>,
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
