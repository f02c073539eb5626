import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import {
  importSecret,
  isEqual,
  requireRecent,
  signCall,
  verifySignature,
} from '../../../handlers/caller/signature.ts'
import { RequestError } from '../../../handlers/errors.ts'

const secret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`)
const body = fc.string({ unit: 'grapheme' })
const id = fc.stringMatching(/^[a-zA-Z0-9_]{1,20}$/)
const NOW_S = 1_800_000_000

const keyOf = (text: string) => {
  const key = importSecret(text)
  if (!key) throw new Error('not a secret')
  return key
}

/** Whose call it is, or the code of the refusal. */
const verified = (secrets: readonly string[], headers: Record<string, string>, text: string) => {
  const hubs = secrets.map((one, index) => ({ hub: `hub-${index}`, keys: [keyOf(one)] }))
  try {
    const { hub } = verifySignature(hubs, new Headers(headers), text)
    requireRecent(new Headers(headers), NOW_S * 1000)
    return hub
  } catch (error) {
    if (error instanceof RequestError) return error.code
    throw error
  }
}

describe('a signature', () => {
  test('a signature of any secret over any body is that of the reference implementation, and names its hub', () => {
    fc.assert(
      fc.property(fc.tuple(secret, secret), id, body, ([one, other], id, body) => {
        fc.pre(one !== other)
        const headers = signCall(keyOf(other), { id, timestamp: NOW_S, body })
        const reference = new Webhook(other).sign(id, new Date(NOW_S * 1000), body)
        expect(headers['webhook-signature']).toBe(reference)
        expect(verified([one, other], headers, body)).toBe('hub-1')
        expect(verified([one], headers, body)).toBe('unauthorized')
      }),
    )
  })

  test('a signature is good for nothing else: one changed character anywhere is refused', () => {
    const where = fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature', 'body')
    fc.assert(
      fc.property(secret, id, body, where, fc.nat(), (given, id, text, place, at) => {
        const headers = signCall(keyOf(given), { id, timestamp: NOW_S, body: text })
        const change = (old: string) => {
          const index = at % (old.length + 1)
          return `${old.slice(0, index)}${old[index] === 'x' ? 'y' : 'x'}${old.slice(index + 1)}`
        }
        const changed =
          place === 'body' ? headers : { ...headers, [place]: change(headers[place] ?? '') }
        // The end of the header may hold more signatures, and base64 fills its last bits with anything.
        fc.pre(place !== 'webhook-signature' || at % 48 < 40)
        const sent = place === 'body' ? change(text) : text
        expect(verified([given], changed, sent)).toBe('unauthorized')
      }),
    )
  })

  test('a signature is good for five minutes before and after', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: -900, max: 900 }), (given, offset) => {
        const call = { id: 'a', timestamp: NOW_S + offset, body: '{}' }
        const expected = Math.abs(offset) <= 300 ? 'hub-0' : 'timestamp_out_of_range'
        expect(verified([given], signCall(keyOf(given), call), call.body)).toBe(expected)
      }),
    )
  })
})

test('a secret of a hub is 24 to 64 bytes in base64, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
      const isRight = bytes.length >= 24 && bytes.length <= 64
      const text = `whsec_${Buffer.from(bytes).toString('base64')}`
      expect(importSecret(text) !== undefined).toBe(isRight)
      expect(importSecret(text.slice(6))).toBeUndefined()
      expect(importSecret(`${text} `)).toBeUndefined()
    }),
  )
})

test('isEqual says of any texts whether they are equal', () => {
  const text = fc.string({ maxLength: 3 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(isEqual(a, b)).toBe(a === b)
      expect(isEqual(a, a)).toBe(true)
    }),
  )
})
