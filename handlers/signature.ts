import type { webcrypto } from 'node:crypto'
import { RequestError } from './errors.ts'

/** A hub's name and the keys that speak for it: more than one while a secret is rotated. */
export type HubKeys = { hub: string; keys: readonly webcrypto.CryptoKey[] }

/** How far the hub's clock may be off, as Standard Webhooks recommends. */
const TOLERANCE_S = 300

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** Makes a key of a Standard Webhooks secret: `whsec_` and 24 to 64 bytes in base64; undefined if it is not one. */
export const importSecret = async (secret: string): Promise<webcrypto.CryptoKey | undefined> => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  const bytes = base64 === undefined ? undefined : fromBase64(base64)
  if (!bytes || bytes.length < 24 || bytes.length > 64) return undefined
  return crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign', 'verify'])
}

/** Verifies a Standard Webhooks signature and says whose it is; `now` in milliseconds. */
export const verifySignature = async (
  hubs: readonly HubKeys[],
  headers: Headers,
  body: string,
  now: number,
): Promise<string> => {
  const id = headers.get('webhook-id')
  const timestamp = headers.get('webhook-timestamp')
  const signatures = headers.get('webhook-signature')
  if (!id || !timestamp || !signatures)
    throw new RequestError(
      'unauthorized',
      'The headers webhook-id, webhook-timestamp and webhook-signature are needed, or Authorization: Bearer',
    )
  // The signature first: a stranger learns nothing about our clock.
  const hub = await signer(hubs, signatures, `${id}.${timestamp}.${body}`)
  if (hub === undefined)
    throw new RequestError('unauthorized', 'No secret of ours made this signature')
  const ageS = now / 1000 - Number(timestamp)
  if (!(Math.abs(ageS) <= TOLERANCE_S))
    throw new RequestError(
      'timestamp_out_of_range',
      `The call is ${Math.round(Math.abs(ageS))} s ${ageS > 0 ? 'old' : 'ahead'}; are the clocks of hub and service in step?`,
    )
  return hub
}

const signer = async (hubs: readonly HubKeys[], header: string, content: string) => {
  const signed = new TextEncoder().encode(content)
  const signatures = header
    .split(' ')
    .flatMap((part) => (part.startsWith('v1,') ? [fromBase64(part.slice(3))] : []))
    .filter((bytes) => bytes !== undefined)
  for (const { hub, keys } of hubs)
    for (const key of keys)
      for (const signature of signatures)
        if (await crypto.subtle.verify(HMAC, key, signature, signed)) return hub
  return undefined
}

/** Signs a call as a hub does: the three headers of Standard Webhooks. */
export const signCall = async (
  key: webcrypto.CryptoKey,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): Promise<Record<string, string>> => {
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const signature = new Uint8Array(await crypto.subtle.sign(HMAC, key, content))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${btoa(String.fromCharCode(...signature))}`,
  }
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    // atob throws for what is not base64, and only for that.
    return undefined
  }
}
