import type { ExpectStatic } from 'vitest'
import type { Proof, Row } from './proof.ts'

/** Somebody with the token by which a monitor reads metrics. */
export type MonitorThief = {
  expect: ExpectStatic
  /** Asks the service with that token, where alice has a server. */
  ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>
  /** The name of the service of alice's server. */
  victim: string
}

const isShut = (
  name: string,
  call: (victim: string) => readonly [method: string, path: string, body?: unknown],
): Proof<MonitorThief> => ({
  name,
  prove: async ({ expect, ask, victim }) => {
    const { status, text } = await ask(...call(victim))
    expect(status).toBe(401)
    expect(text).not.toContain(victim)
  },
})

const server = { username: 'alice' }

/** The token for metrics. */
export const METRICS_TOKEN: Row<MonitorThief> = {
  thing: 'the token for metrics',
  can: {
    text: 'see how many servers of each hub are on which node, and how starts end',
    proofs: [
      {
        name: 'with GET /metrics',
        prove: async ({ expect, ask }) => {
          const { status, text } = await ask('GET', '/metrics')
          expect(status).toBe(200)
          expect(text).toMatch(/^swarmspawner_servers\{hub="default",state="running",/m)
        },
      },
    ],
  },
  cannot: {
    text: 'see who has a server, or do anything else',
    proofs: [
      {
        name: 'see who has a server',
        prove: async ({ expect, ask, victim }) => {
          const { text } = await ask('GET', '/metrics')
          expect(text).not.toContain(victim)
          expect(text).not.toContain('alice')
        },
      },
      isShut('list servers', () => ['GET', '/servers']),
      isShut('see a server', (victim) => ['GET', `/servers/${victim}`]),
      isShut('read a log', (victim) => ['GET', `/servers/${victim}/logs`]),
      isShut('stop a server', () => ['POST', '/stop?hub=default', { server }]),
      isShut('poll a server', () => ['POST', '/poll?hub=default', { server }]),
    ],
  },
}
