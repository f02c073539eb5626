import { createServer } from 'node:http'
import type { ExpectStatic } from 'vitest'
import { listPullJobs } from '../../../src/spawner/images/pull-ahead.ts'
import { listenOnPort } from '../../support/listen.ts'
import { PUSH_TOKENS, type PushService, pushEvent } from '../../support/push-service.ts'
import { createTestService } from '../../support/test-hub.ts'
import type { Row } from './proof.ts'

/** Somebody who has a registry's address with its token, and can announce what they like. */
export type Announcer = { expect: ExpectStatic; service: PushService }

const LISTED = 'registry.example.org/lab/notebook:1'
const FORGED = `sha256:${'f'.repeat(64)}`

/** What is due after an event, with the digests. */
const announce = async ({ service }: Announcer, ...events: readonly object[]) => {
  await service.send({ events })
  await service.done()
  const { signal } = new AbortController()
  const jobs = await listPullJobs(service.spawner, { hub: 'default', signal })
  return jobs.map(({ labels }) => ({ image: labels.image, digest: labels.digest }))
}

/** The token in the address of a registry. */
export const PUSH_TOKEN: Row<Announcer> = {
  thing: "a push token, in a registry's address",
  can: {
    text: 'make the nodes download again what is due for its hub, and up to 100 images that the policy lists by registry and repository',
    proofs: [
      {
        name: 'an image that the policy lists',
        prove: async (thief) =>
          thief.expect(await announce(thief, pushEvent(LISTED))).toMatchObject([{ image: LISTED }]),
      },
    ],
  },
  cannot: {
    text: 'make them download any other image; say which digest a tag has; make the service call an address; make any other call',
    proofs: [
      {
        name: 'an image of their own',
        prove: async (thief) => {
          const images = ['thief.example/lab/notebook:1', 'docker.io/library/miner:1']
          thief.expect(await announce(thief, ...images.map((one) => pushEvent(one)))).toEqual([])
        },
      },
      {
        name: 'a digest of their own',
        prove: async (thief) => {
          const [job] = await announce(thief, pushEvent(LISTED, FORGED))
          thief.expect(job).toMatchObject({ image: LISTED })
          thief.expect(job?.digest).not.toBe(FORGED)
          const { digests } = thief.service.spawner
          thief.expect(digests.known(LISTED, { isTrusted: true })?.digest).not.toBe(FORGED)
        },
      },
      {
        name: 'an address to call',
        prove: async ({ expect, service }) => {
          let heard = 0
          const listener = createServer((_, response) => {
            heard++
            response.end()
          })
          const callback_url = `http://${await listenOnPort(listener)}`
          const target = { repository: 'lab/notebook', tag: '1', url: callback_url }
          await service.send({ events: [{ action: 'push', target, callback_url }], callback_url })
          await service.done()
          expect(heard).toBe(0)
        },
      },
      {
        name: 'another call',
        prove: async ({ expect, service: { spawner } }) => {
          const { app } = createTestService(spawner)
          const headers = { authorization: `Bearer ${PUSH_TOKENS.default}` }
          for (const path of ['/start', '/stop', '/poll', '/forget', '/pull'])
            expect((await app.request(path, { method: 'POST', headers, body: '{}' })).status).toBe(
              401,
            )
          expect((await app.request('/servers', { headers })).status).toBe(401)
        },
      },
    ],
  },
}
