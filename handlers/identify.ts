import type { Deps } from './app.ts'
import { RequestError } from './errors.ts'
import { type HubKeys, verifySignature } from './signature.ts'

/** Says which hub a call speaks for: the one whose secret signed it, or for a person's admin token, the one named by `?hub=`. */
export const identify = async (deps: Deps, request: Request, body: string): Promise<string> => {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    await requireAdmin(deps, authorization)
    return chosenHub(deps.hubs, new URL(request.url).searchParams.get('hub'))
  }
  return verifySignature(deps.hubs, request.headers, body, deps.spawner.now())
}

/** Lets a person's `Authorization: Bearer <admin token>` pass; the comparison takes the same time wherever they differ. */
export const requireAdmin = async (
  { adminToken }: Pick<Deps, 'adminToken'>,
  authorization: string | null,
): Promise<void> => {
  const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  if (adminToken === undefined || given === undefined || !(await isEqual(given, adminToken)))
    throw new RequestError('unauthorized', 'The admin token is not right, or none is set')
}

const chosenHub = (hubs: readonly HubKeys[], asked: string | null): string => {
  const names = hubs.map(({ hub }) => hub)
  if (asked !== null && names.includes(asked)) return asked
  const [only] = names
  if (asked === null && only !== undefined && names.length === 1) return only
  throw new RequestError('invalid_request', 'Name one of the configured hubs with ?hub=')
}

/** Compares digests, which have one length and tell nothing about where texts differ. */
const isEqual = async (a: string, b: string): Promise<boolean> => {
  const digests = await Promise.all([a, b].map((text) => digest(text)))
  const [left = new Uint8Array(), right = new Uint8Array()] = digests
  return (
    left.reduce((difference, byte, index) => difference | (byte ^ (right[index] ?? 0)), 0) === 0
  )
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
