import { describe, expect, test } from 'vitest'
import { signCall, verifySignature } from '../../handlers/signature.ts'
import { serviceName } from '../../src/spawner/service-name.ts'
import { keyOf } from '../support/test-hub.ts'
import names from '../vectors/service-names.json' with { type: 'json' }
import signatures from '../vectors/signatures.json' with { type: 'json' }

// The same files are read by hub/tests/test_vectors.py.

describe('signatures that the hub makes, too', () => {
  test.each(signatures)('$title', ({ secret, id, timestamp, body, headers }) => {
    const key = keyOf(secret)
    expect(signCall(key, { id, timestamp, body })).toEqual(headers)
    const hubs = [{ hub: 'default', keys: [key] }]
    expect(verifySignature(hubs, new Headers(headers), body)).toEqual({ hub: 'default', key })
  })
})

test.each(names)('the server $server_name is called $name', ({ name, ...server }) => {
  expect(serviceName(server)).toBe(name)
})
