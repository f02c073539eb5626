import { Buffer } from 'node:buffer'
// Node.js and workerd both have node:crypto. WebCrypto sends each verification to a thread pool, which takes
// ten times as long.
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { RequestError } from '../errors.ts'

/** A Standard Webhooks secret as a key. Logs and errors cannot print its value. */
export type Key = KeyObject

/** A hub's name and its keys. There are several while a secret is rotated. */
export type HubKeys = { hub: string; keys: readonly Key[] }

/** 5 minutes: how much the hub's clock may differ from ours, as Standard Webhooks recommends. */
export const TOLERANCE_S = 300

/**
 * Makes a key from a Standard Webhooks secret, which is `whsec_` and 24 to 64 bytes in base64. Undefined when
 * it is not one.
 */
export const importSecret = (secret: string): Key | undefined => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return bytes.length >= 24 && bytes.length <= 64 ? createSecretKey(bytes) : undefined
}

type SignatureHeaders = { id: string; timestamp: string; signatures: readonly string[] }

/** Reads the three headers of a signature, whoever sent them. Throws when they cannot be a signature. */
export const requireSignature = (headers: Headers): SignatureHeaders => {
  const [id, timestamp] = [headers.get('webhook-id'), headers.get('webhook-timestamp')]
  const signatures = headers.get('webhook-signature')?.split(' ')
  if (!id || !timestamp || !signatures)
    throw new RequestError(
      'unauthorized',
      'The headers webhook-id, webhook-timestamp and webhook-signature are needed, or Authorization: Bearer',
    )
  if (signatures.some((one) => one.length === SIGNATURE_LENGTH))
    return { id, timestamp, signatures }
  throw notOurs()
}

/** The length of `v1,` and 32 bytes in base64. */
const SIGNATURE_LENGTH = 47

const notOurs = () => new RequestError('unauthorized', 'No secret of ours made this signature')

/** The hub that signed a call, and the key that it used. */
export type Signer = { hub: string; key: Key }

/** Verifies a Standard Webhooks signature and returns who made it. `requireRecent` checks its age. */
export const verifySignature = (
  hubs: readonly HubKeys[],
  headers: Headers,
  body: string,
): Signer => {
  const { id, timestamp, signatures } = requireSignature(headers)
  const signer = findSigner(hubs, signatures, [`${id}.${timestamp}.`, body])
  if (!signer) throw notOurs()
  return signer
}

/**
 * Refuses a call that was not signed within five minutes of `now` (ms). Call it after `verifySignature`, so
 * that strangers learn nothing about our clock.
 */
export const requireRecent = (headers: Headers, now: number): void => {
  const ageS = now / 1000 - Number(headers.get('webhook-timestamp'))
  if (!(Math.abs(ageS) <= TOLERANCE_S))
    throw new RequestError(
      'timestamp_out_of_range',
      `The call is ${Math.round(Math.abs(ageS))} s ${ageS > 0 ? 'old' : 'ahead'}; set the clocks of hub and service to the same time`,
    )
}

/**
 * Returns whether an answer was signed with this key under the call's id. The call itself, sent back as an
 * answer, does not count.
 */
export const isAnswer = (
  key: Key,
  call: { id: string; body: string },
  { headers, body }: { headers: Headers; body: string },
): boolean => {
  const timestamp = headers.get('webhook-timestamp') ?? ''
  const expected = sign(key, [`${call.id}.${timestamp}.`, body])
  const isOther = body !== call.body && /^\d{1,12}$/.test(timestamp)
  return isOther && isEqual(headers.get('webhook-signature') ?? '', expected)
}

const findSigner = (
  hubs: readonly HubKeys[],
  signatures: readonly string[],
  content: readonly string[],
): Signer | undefined =>
  hubs
    .flatMap(({ hub, keys }) => keys.map((key) => ({ hub, key })))
    .find(({ key }) => {
      const expected = sign(key, content)
      return signatures.some((signature) => isEqual(signature, expected))
    })

/**
 * Signs a call as a hub does, or an answer as the service does. Returns the three headers of Standard Webhooks.
 */
export const signCall = (
  key: Key,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': sign(key, [`${id}.${timestamp}.`, body]),
})

/** Signs a text in several parts, so that a body of a megabyte is not copied for each key. */
const sign = (key: Key, content: readonly string[]): string => {
  const hmac = createHmac('sha256', key)
  for (const part of content) hmac.update(part)
  return `v1,${hmac.digest('base64')}`
}

/** The HMAC-SHA256 of a text in hex, as GitHub signs with a secret that is any text. */
export const hmacHex = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex')

/**
 * Compares two texts. The time does not show where they differ; it may show that their lengths differ, which is
 * no secret.
 */
export const isEqual = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
