import { once } from 'node:events'
import { createServer, request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { ExpectStatic } from 'vitest'
import { listenOnPort } from '../../support/listen.ts'
import type { Row } from './proof.ts'

/** Somebody who has the key of the service's certificate, and has got in between hub and service. */
export type Impostor = {
  expect: ExpectStatic
  /** The certificate and its key, and the authority that hubs know. */
  tls: { cert: string; key: string; ca: string }
  /** Where the real service is. */
  url: string
  /** What a hub sends to whoever is at an address: a signed start. */
  hubCalls: (url: string) => Promise<void>
  /** What the service has answered to a call of the hub. */
  readAnswer: () => Promise<Answer>
  /** What the hub takes out of an answer that it gets to a call; an error where it takes nothing. */
  hubReads: (answer: Answer) => Promise<unknown>
}

type Answer = { headers: Record<string, string>; body: string }

/** The key of the service's own certificate. */
export const TLS_KEY: Row<Impostor> = {
  thing: "the service's TLS key",
  can: {
    text: 'pretend to be the service, if they can get between it and a hub, and read what the hub sends: tokens and environments of users',
    proofs: [
      {
        name: 'a start',
        prove: async ({ expect, tls, hubCalls }) => {
          const read: string[] = []
          const server = createServer(tls, async (asked, response) => {
            read.push(await text(asked))
            response.end('{}')
          })
          await hubCalls(`https://${await listenOnPort(server)}`)
          expect(read.join()).toContain('JUPYTERHUB_API_TOKEN')
        },
      },
    ],
  },
  cannot: {
    text: 'answer as the service, because answers are signed; sign calls',
    proofs: [
      {
        name: 'an answer of their own',
        prove: async ({ expect, hubReads }) => {
          const body = JSON.stringify({ state: 'exited', status: 1, url: 'http://thief:80' })
          await expect(hubReads({ headers: {}, body })).rejects.toThrow('unsigned')
        },
      },
      {
        name: 'an answer that they have read, to another call',
        prove: async ({ expect, hubReads, readAnswer }) =>
          expect(hubReads(await readAnswer())).rejects.toThrow('unsigned'),
      },
      {
        name: 'a call, with the key as a secret or as a token',
        prove: async ({ expect, tls, url }) => {
          const body = JSON.stringify({ type: 'spawner.poll', timestamp: '', data: {} })
          for (const headers of [{}, { authorization: `Bearer ${btoa(tls.key)}` }]) {
            const sent = request(`${url}/poll`, { method: 'POST', ...tls, headers }).end(body)
            const [answer] = await once(sent, 'response')
            expect(answer.statusCode).toBe(401)
          }
        },
      },
    ],
  },
}
