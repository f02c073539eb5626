import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import type { ExpectStatic } from 'vitest'
import type { World } from '../../live/world.ts'
import { createTestService, signed } from '../../support/test-hub.ts'
import type { Reader } from './signed-call.ts'

const Fields = v.looseObject({})

/** Of the past, so that nothing is of the future; five minutes before that, a signature is too old. */
const SECONDS_AGO = 200

/** Somebody who reads what the hub `default` says to two copies of the service. */
export const readerOf = (world: World, given: ExpectStatic): Reader => {
  const other = createTestService(world.spawner)
  const begunS = Math.floor(Date.now() / 1000) - SECONDS_AGO
  return {
    expect: given,
    server: { username: 'mallory', server_name: `n${randomUUID().slice(0, 8)}` },
    signed: (verb, data, afterS) => {
      const now = (begunS + afterS) * 1000
      const issued = 'issued_at' in data ? { issued_at: now } : {}
      return { path: `/${verb}`, ...signed(verb, { ...data, ...issued }, { now }) }
    },
    send: async ({ path, ...init }, to = 'one copy') => {
      const { app } = to === 'one copy' ? world.service : other
      const answer = await app.request(path, { method: 'POST', ...init })
      return { ...v.parse(Fields, await answer.json()), status: answer.status }
    },
  }
}
