import * as v from 'valibot'
import { ownerHash } from '../../../src/spawner/server/service-name.ts'
import { ServerState } from '../../../src/spawner/state/server-state.ts'
import type { Proof, Row } from './proof.ts'
import { answers, isRefused, OF_OTHERS, runs, startOf, type Thief, TOKEN, VICTIM } from './thief.ts'

/** A token that `scenario/exit-3` prints; on the embedded engine these are its words anyhow. */
const PRINTED = 'exiting with'
const WEEK_MS = 7 * 86_400_000

const parse = (text: string): unknown => JSON.parse(text)

/** Starts a server that ends by itself, and returns what is said of its end. A busy machine answers before, that it runs. */
const ended = async (thief: Thief, data: ReturnType<typeof startOf>) => {
  const started = await thief.call('start', data)
  const { state, cursor } = v.parse(ServerState, parse(started.text))
  const { server } = data
  return state === 'running' ? thief.call('poll', { server, cursor, wait_s: 20 }) : started
}

/** A start, and what takes its server away again. */
const endsBy = (verb: 'stop' | 'forget'): Proof<Thief> => ({
  name: verb,
  prove: async (thief) => {
    const { expect, call, server } = thief
    expect(await call('start', startOf(thief, {}))).toMatchObject({ status: 200 })
    expect(await call(verb, { server })).toMatchObject({ status: 200 })
    const state = async () => parse((await call('poll', { server })).text)
    await expect.poll(state, { timeout: 20_000 }).toMatchObject({ state: 'absent' })
  },
})

/** All that a call answers, looked through for what it must not have. */
const hidesToken = (verb: string, data: (thief: Thief) => object): Proof<Thief> => ({
  name: verb,
  prove: async (thief) => {
    for (const accept of ['application/json', 'text/event-stream']) {
      const { status, text } = await thief.call(verb, data(thief), { accept })
      thief.expect({ status, text }).toMatchObject({ status: 200 })
      thief.expect(text).toContain(ownerHash(VICTIM.username))
      thief.expect(text).not.toContain(TOKEN)
    }
  },
})

/** Servers, and what can be read of them. */
export const SERVERS: readonly Row<Thief>[] = [
  {
    thing: 'servers of that hub',
    can: {
      text: 'start servers for any user, see their states, stop and forget them',
      proofs: [
        answers('poll', ['poll', { server: VICTIM }], {
          status: 200,
          body: { state: 'running', service_name: `jupyter-${ownerHash(VICTIM.username)}-1` },
        }),
        endsBy('stop'),
        endsBy('forget'),
      ],
    },
    cannot: {
      text: 'start a server that a later start of the hub does not replace',
      proofs: [
        {
          name: 'one of the next week',
          prove: async (thief) => {
            const issued_at = Date.now() + WEEK_MS
            const start = { ...startOf(thief, {}), issued_at }
            const { status, text } = await thief.call('start', start)
            thief.expect({ status, ...Object(parse(text)) }).toMatchObject({
              status: 422,
              code: 'invalid_request',
              issues: [{ path: 'issued_at' }],
            })
          },
        },
      ],
    },
  },
  {
    thing: 'servers of another hub',
    can: {
      text: 'learn that a service name is taken; take a name that begins with the name of no hub',
      proofs: [
        {
          name: 'by a start of that name',
          prove: async ({ call, expect }) => {
            const { status, text } = await call('start', startOf({ server: OF_OTHERS }, {}))
            expect({ status, ...Object(parse(text)) }).toMatchObject({
              status: 409,
              code: 'name_taken',
            })
          },
        },
        runs('by a prefix of nobody', { service_prefix: 'jupyter-lab' }, {}),
      ],
    },
    cannot: {
      text: 'see, stop, forget or replace one; take a name that begins with the name of the other hub',
      proofs: [
        isRefused(
          'a prefix',
          ({ otherHub }) => ({ service_prefix: `${otherHub}-lab` }),
          'service_prefix',
        ),
        answers('poll', ['poll', { server: OF_OTHERS }], {
          status: 200,
          body: { state: 'absent', service_id: null, task: null },
        }),
        answers('stop', ['stop', { server: OF_OTHERS }], {
          status: 200,
          body: { state: 'absent', service_id: null },
        }),
        answers(
          'forget',
          [
            'forget',
            { server: { username: OF_OTHERS.username, server_name: OF_OTHERS.server_name } },
          ],
          { status: 200, body: { removed: [], failed: [] } },
        ),
      ],
    },
  },
  {
    thing: "users' API tokens and environments",
    can: {
      text: 'give any environment to a server that they start',
      proofs: [
        {
          name: 'with a token of their own',
          prove: async (thief) => {
            const env = { JUPYTERHUB_API_TOKEN: 'own' }
            const { status } = await thief.call('start', { ...startOf(thief, {}), env })
            thief.expect(status).toBe(200)
            const { json } = await thief.engine('GET', '/services')
            thief.expect(JSON.stringify(json)).toContain('"JUPYTERHUB_API_TOKEN=own"')
          },
        },
      ],
    },
    cannot: {
      text: 'read those of running servers, because no answer contains them',
      proofs: [
        hidesToken('poll', () => ({ server: VICTIM })),
        hidesToken('explain', () => startOf({ server: VICTIM }, {})),
      ],
    },
  },
  {
    thing: 'what servers print',
    can: {
      text: 'read the last lines of a server that failed',
      proofs: [
        {
          name: 'of one that they start',
          prove: async (thief) => {
            const config = { container_spec: { image: 'scenario/exit-3:1' } }
            const { status, text } = await ended(thief, startOf(thief, config))
            thief.expect(status).toBe(200)
            thief.expect(parse(text)).toMatchObject({
              state: 'failed',
              log: thief.expect.arrayContaining([thief.expect.any(String)]),
            })
          },
        },
      ],
    },
    cannot: {
      text: 'read the lines of a running server; read the value of a variable whose name says that it is a secret, such as `API_TOKEN`',
      proofs: [
        {
          name: 'a server that runs has no log in its answer',
          prove: async (thief) => {
            const { text } = await thief.call('poll', { server: VICTIM })
            thief.expect(parse(text)).toMatchObject({ state: 'running' })
            thief.expect(parse(text)).not.toHaveProperty('log')
          },
        },
        {
          name: 'the token of a server that prints it',
          prove: async (thief) => {
            const config = { container_spec: { image: 'scenario/exit-3:1' } }
            const env = { JUPYTERHUB_API_TOKEN: PRINTED }
            const { text } = await ended(thief, { ...startOf(thief, config), env })
            thief.expect(text).toContain('[redacted]')
            thief.expect(text).not.toContain(PRINTED)
          },
        },
      ],
    },
  },
]
