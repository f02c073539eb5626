import * as v from 'valibot'
import type { ExpectStatic } from 'vitest'
import type { Proof, Row } from './proof.ts'

/** Somebody with the token by which the service asks the hub for leftovers. */
type TokenThief = {
  expect: ExpectStatic
  /** Asks the hub's REST API with that token. */
  api: (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>
  /** What all users and servers are now, as an admin sees them. */
  everything: () => Promise<unknown>
}

const Users = v.array(v.object({ name: v.string(), servers: v.looseObject({}) }))

const isForbidden = (
  name: string,
  [method, path, body]: readonly [method: string, path: string, body?: unknown],
): Proof<TokenThief> => ({
  name,
  prove: async ({ expect, api, everything }) => {
    const before = await everything()
    const { status } = await api(method, path, body)
    expect([403, 404]).toContain(status)
    expect(await everything()).toEqual(before)
  },
})

/** The token for leftovers, on a hub where alice has a server. */
export const HUB_TOKEN: Row<TokenThief> = {
  thing: 'the token for leftovers',
  can: {
    text: "list the hub's users and their servers",
    proofs: [
      {
        name: 'by the REST API',
        prove: async ({ expect, api }) => {
          const { status, text } = await api('GET', '/users')
          expect(status).toBe(200)
          const alice = v.parse(Users, JSON.parse(text)).find(({ name }) => name === 'alice')
          expect(Object.keys(alice?.servers ?? {})).toContain('')
        },
      },
    ],
  },
  cannot: {
    text: 'start, stop or change anything, make or read tokens, or open a server',
    proofs: [
      isForbidden('start a server', ['POST', '/users/alice/servers/another']),
      isForbidden('stop a server', ['DELETE', '/users/alice/server']),
      isForbidden('add a user', ['POST', '/users/mallory']),
      isForbidden('remove a user', ['DELETE', '/users/alice']),
      isForbidden('make an admin', ['PATCH', '/users/alice', { admin: true }]),
      isForbidden('make a token', ['POST', '/users/alice/tokens', {}]),
      isForbidden('read tokens', ['GET', '/users/alice/tokens']),
      isForbidden('end the hub', ['POST', '/shutdown', { servers: true }]),
      isForbidden('read the proxy', ['GET', '/proxy']),
      isForbidden('open a server', ['GET', '/../../user/alice/api/contents']),
    ],
  },
}
