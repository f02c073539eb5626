import { describe, expect, test } from 'vitest'
import { isAnswer, signCall, verifySignature } from '../../handlers/caller/signature.ts'
import { printable } from '../../src/spawner/errors.ts'
import { serviceName } from '../../src/spawner/server/service-name.ts'
import { keyOf } from '../support/test-hub.ts'
import answers from '../vectors/answers.json' with { type: 'json' }
import texts from '../vectors/printable-texts.json' with { type: 'json' }
import names from '../vectors/service-names.json' with { type: 'json' }
import signatures from '../vectors/signatures.json' with { type: 'json' }

// The same files are read by hub/tests/test_vectors.py.

describe('signatures that the hub makes, too', () => {
  test.each(signatures)(
    'the hub makes the same signature: $title',
    ({ secret, id, timestamp, body, headers }) => {
      const key = keyOf(secret)
      expect(signCall(key, { id, timestamp, body })).toEqual(headers)
      const hubs = [{ hub: 'default', keys: [key] }]
      expect(verifySignature(hubs, new Headers(headers), body)).toEqual({ hub: 'default', key })
    },
  )
})

describe('answers that the hub believes', () => {
  test.each(answers)(
    'whether the hub believes the answer $title: $accepted',
    ({ secret, call, answer, accepted }) => {
      const headers = new Headers(Object.entries(answer.headers))
      expect(isAnswer(keyOf(secret), call, { headers, body: answer.body })).toBe(accepted)
    },
  )

  test.each(answers.filter(({ accepted }) => accepted))(
    'the service signs the answer in the same way: $title',
    (vector) => {
      const { secret, call, answer } = vector
      const timestamp = Number(answer.headers['webhook-timestamp'])
      const signed = signCall(keyOf(secret), { id: call.id, timestamp, body: answer.body })
      expect(signed).toEqual(answer.headers)
    },
  )
})

test.each(texts)(
  'the hub makes the same line of a text: $title',
  ({ text, printable: expected }) => {
    expect(printable(text, 1000)).toBe(expected)
  },
)

test.each(names)('the server $server_name is called $name', ({ name, ...server }) => {
  expect(serviceName(server)).toBe(name)
})
