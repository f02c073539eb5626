import type { ExpectStatic } from 'vitest'
import { makeSession } from '../../../handlers/status/session.ts'
import type { World } from '../../live/world.ts'
import { ADMIN_TOKEN, ask, createTestService } from '../../support/test-hub.ts'
import type { Proof, Row } from './proof.ts'

/** Somebody with the cookie of a person who has signed in to the status page, where alice has a server. */
type CookieThief = {
  expect: ExpectStatic
  cookie: string
  /** Asks with the cookie, or with another one. `laterMs`: after that time; `token`: after the service got that admin token. */
  ask: (call: {
    path: string
    body?: unknown
    cookie?: string
    laterMs?: number
    token?: string
  }) => Promise<{ status: number; text: string }>
  /** The name of the service of alice's server. */
  victim: string
}

const NAME = 'swarmspawner-status'

/** Somebody with that cookie. */
export const cookieThiefOf = async (
  { spawner }: World,
  given: ExpectStatic,
): Promise<CookieThief> => {
  const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
  const start = { server: { username: 'alice' }, config }
  const started = await ask(createTestService(spawner), 'start', start)
  const own = `${NAME}=${makeSession(ADMIN_TOKEN, spawner.now())}`
  return {
    expect: given,
    cookie: own,
    victim: started.service_name,
    ask: async ({ path, body, cookie = own, laterMs = 0, token = ADMIN_TOKEN }) => {
      const later = { ...spawner, now: () => spawner.now() + laterMs }
      const { app } = createTestService(later, { adminToken: token })
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const answer = await app.request(path, { headers: { cookie }, ...sent })
      return { status: answer.status, text: await answer.text() }
    },
  }
}

const isShut = (
  name: string,
  call: (victim: string) => { path: string; body?: unknown },
): Proof<CookieThief> => ({
  name,
  prove: async ({ expect, ask, victim }) => {
    const { status, text } = await ask(call(victim))
    expect(status).toBe(401)
    expect(text).not.toContain(victim)
  },
})

const isNotSignedIn = (
  name: string,
  call: (cookie: string) => { cookie?: string; laterMs?: number; token?: string },
): Proof<CookieThief> => ({
  name,
  prove: async ({ expect, ask, cookie }) => {
    const { text } = await ask({ path: '/', ...call(cookie) })
    expect(text).toContain('type="password"')
    expect(text).not.toContain('alice')
  },
})

const server = { username: 'alice' }
const HOUR_MS = 3_600_000

/** The cookie of the status page. */
export const STATUS_COOKIE: Row<CookieThief> = {
  thing: 'the cookie of the status page',
  can: {
    text: 'see for an hour, even if its owner signs out, who has which server, where, and why it failed',
    proofs: [
      {
        name: 'with GET /',
        prove: async ({ expect, ask }) => {
          const { status, text } = await ask({ path: '/', laterMs: HOUR_MS - 2000 })
          expect(status).toBe(200)
          expect(text).toContain('<bdi>alice</bdi>')
        },
      },
    ],
  },
  cannot: {
    text: 'learn the admin token, use the cookie longer or after the admin token was changed, or make any call of the API',
    proofs: [
      {
        name: 'learn the admin token',
        prove: async ({ expect, ask, cookie }) => {
          expect(cookie).not.toContain(ADMIN_TOKEN)
          expect((await ask({ path: '/' })).text).not.toContain(ADMIN_TOKEN)
        },
      },
      isNotSignedIn('use it longer', () => ({ laterMs: HOUR_MS })),
      isNotSignedIn('give it a later end', (cookie) => ({
        cookie: cookie.replace(/\d+/, (ends) => String(Number(ends) + 60)),
      })),
      isNotSignedIn('use it after the admin token was changed', () => ({
        token: 'the-next-admin-token-of-the-tests',
      })),
      isShut('list servers', () => ({ path: '/servers' })),
      isShut('read a log', (victim) => ({ path: `/servers/${victim}/logs` })),
      isShut('read metrics', () => ({ path: '/metrics' })),
      isShut('stop a server', () => ({
        path: '/stop?hub=default',
        body: { type: 'spawner.stop', timestamp: '', data: { server } },
      })),
    ],
  },
}
