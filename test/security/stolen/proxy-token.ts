import type { ExpectStatic } from 'vitest'
import type { Row } from './proof.ts'

/** Somebody in the network of the servers who has the token of the stack's proxy. */
type ProxyThief = {
  expect: ExpectStatic
  /** Sends a request from a server's container, with the token; answers the status, 0 where nobody is there. */
  ask: (method: string, url: string, body?: object) => Promise<number>
  /** A program of theirs in that network, which answers with the headers that it gets. */
  listener: string
  /** What a user who is logged in sees at a path of the hub's public address. */
  visit: (path: string) => Promise<{ text: string }>
  /** The Swarm's services. */
  services: () => Promise<readonly string[]>
}

const ROUTE = 'http://proxy:8001/api/routes/thief'

/** The token of the proxy in deploy/stack.yml. */
export const PROXY_TOKEN: Row<ProxyThief> = {
  thing: "the token of the stack's proxy",
  can: {
    text: 'from the network of the servers, send users to another place, and read what they send',
    proofs: [
      {
        name: 'by a route of their own',
        prove: async ({ expect, ask, listener, visit }) => {
          const cookie = /^Cookie: .*jupyterhub-session-id/im
          expect((await visit('/thief')).text).not.toMatch(cookie)
          expect(await ask('POST', ROUTE, { target: listener })).toBe(201)
          expect((await visit('/thief')).text).toMatch(cookie)
          expect(await ask('DELETE', ROUTE)).toBe(204)
        },
      },
    ],
  },
  cannot: {
    text: 'start or stop anything: the hub does not accept this token, and the service is in another network',
    proofs: [
      {
        name: 'at the hub',
        prove: async ({ expect, ask, services }) => {
          const before = await services()
          for (const [method, path] of [
            ['GET', '/users'],
            ['POST', '/users/mallory'],
            ['DELETE', '/users/alice/server'],
          ] as const)
            expect(await ask(method, `http://hub:8081/hub/api${path}`)).toBe(403)
          expect(await services()).toEqual(before)
        },
      },
      {
        name: 'at the service',
        prove: async ({ expect, ask }) => {
          expect(await ask('GET', 'http://hub:8081/hub/health')).toBe(200)
          expect(await ask('GET', 'http://swarmspawner:8080/health')).toBe(0)
        },
      },
    ],
  },
}
