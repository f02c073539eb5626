import type { ExpectStatic } from 'vitest'
import type { Proof, Row } from './proof.ts'
import { startOf, type Thief } from './thief.ts'

/** What stands on the wire. */
type SignedCall = { path: string; body: string; headers: Record<string, string> }

/** Somebody who has read calls of a hub on their way, and can't sign any. */
export type Reader = {
  expect: ExpectStatic
  server: Thief['server']
  /** A call as the hub signs it, so many seconds after the first one. */
  signed: (verb: string, data: object, afterS: number) => SignedCall
  /** Sends it, to one copy of the service or to another; hands out the status and the fields of the answer. */
  send: (call: SignedCall, to?: 'one copy' | 'another copy') => Promise<object>
}

const startAt = ({ signed, server }: Reader, afterS: number, spawn_id: string): SignedCall =>
  signed('start', { ...startOf({ server }, {}), spawn_id, issued_at: 0 }, afterS)

const isAnswered = (
  name: string,
  calls: (reader: Reader) => readonly SignedCall[],
  answer: Record<string, unknown>,
): Proof<Reader> => ({
  name,
  prove: async (reader) => {
    const [last, ...before] = calls(reader).toReversed()
    for (const call of before.reverse())
      reader.expect(await reader.send(call)).toMatchObject({ status: 200 })
    if (last) reader.expect(await reader.send(last)).toMatchObject(answer)
  },
})

const spelt = (call: SignedCall, change: Partial<SignedCall>): SignedCall => ({
  ...call,
  ...change,
})

/** One call that was read on its way. */
export const SIGNED_CALL: Row<Reader> = {
  thing: 'one signed call, read on its way',
  can: {
    text: 'send it again for five minutes. A poll or a start then gives the state of a server that exists. After a stop, a copy of the service that did not carry out the start does so now, with the revoked token',
    proofs: [
      isAnswered(
        'a poll',
        (reader) => {
          const poll = reader.signed('poll', { server: reader.server }, 1)
          return [startAt(reader, 0, 'one'), poll, poll]
        },
        { status: 200, state: 'running' },
      ),
      isAnswered(
        'a start whose server is there',
        (reader) => {
          const start = startAt(reader, 0, 'one')
          return [start, start]
        },
        { status: 200, state: 'running', spawn_id: 'one' },
      ),
      {
        name: 'a start whose server was stopped, at another copy',
        prove: async (reader) => {
          const { expect, send, signed, server } = reader
          const start = startAt(reader, 0, 'one')
          await send(start)
          await send(signed('stop', { server }, 5))
          expect(await send(start, 'another copy')).toMatchObject({ state: 'running' })
        },
      },
    ],
  },
  cannot: {
    text: 'change it; send it as another call; start a stopped server again at the copy that carried out the start; reach a server that was started later',
    proofs: [
      isAnswered(
        'changed',
        ({ signed, server }) => {
          const poll = signed('poll', { server }, 0)
          return [spelt(poll, { body: poll.body.replace('mallory', 'alice') })]
        },
        { status: 401, code: 'unauthorized' },
      ),
      isAnswered(
        'as a stop',
        ({ signed, server }) => [spelt(signed('poll', { server }, 0), { path: '/stop' })],
        { status: 400, code: 'wrong_type' },
      ),
      isAnswered('after five minutes', ({ signed, server }) => [signed('poll', { server }, -200)], {
        status: 401,
        code: 'timestamp_out_of_range',
      }),
      isAnswered(
        'a start after a stop',
        (reader) => {
          const start = startAt(reader, 0, 'one')
          return [start, reader.signed('stop', { server: reader.server }, 5), start]
        },
        { status: 409, code: 'replayed' },
      ),
      isAnswered(
        'a stop after a later start',
        (reader) => {
          const stop = reader.signed('stop', { server: reader.server }, 5)
          return [startAt(reader, 0, 'one'), stop, startAt(reader, 10, 'two'), stop]
        },
        { status: 409, code: 'superseded' },
      ),
      isAnswered(
        'a forget after a later start',
        (reader) => {
          const forget = reader.signed('forget', { server: reader.server }, 5)
          return [startAt(reader, 0, 'one'), forget, startAt(reader, 10, 'two'), forget]
        },
        { status: 200, removed: [] },
      ),
      isAnswered(
        'a start after a later one',
        (reader) => {
          const start = startAt(reader, 0, 'one')
          return [start, startAt(reader, 10, 'two'), start]
        },
        { status: 409 },
      ),
    ],
  },
}
