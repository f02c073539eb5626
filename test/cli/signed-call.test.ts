import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { signedCall } from '../../cli/signed-call.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

test('a call is one for every implementation of Standard Webhooks, and its type is that of the verb', () => {
  const data = { server: { username: 'alice' } }
  const { id, body, headers } = signedCall(keyOf(SECRETS.default), 'poll', data)
  expect(headers['webhook-id']).toBe(id)
  expect(new Webhook(SECRETS.default).verify(body, headers)).toEqual({
    type: 'spawner.poll',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    data,
  })
  expect(() => new Webhook(SECRETS.other).verify(body, headers)).toThrow('signature')
})

test('two calls with the same data have two ids', () => {
  const [one, other] = [1, 2].map(() => signedCall(keyOf(SECRETS.default), 'poll', {}))
  expect(one?.id).not.toBe(other?.id)
})
