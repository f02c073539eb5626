// lane: beside (the memory that it judges is that of a process of its own)
import { createServer } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect } from 'vitest'
import { askEngine, callEngine } from '../../lab/engine/call-engine.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { EVIL_ANSWERS, EVIL_LOGS, startEvilEngine, streamTo } from '../support/evil-engine.ts'
import { listenOnSocket, temporaryDirectory } from '../support/listen.ts'
import type { CallAnswer } from '../support/load/caller.ts'
import { startWatchedCopy, type Watched } from '../support/load/watched-copy.ts'
import { fault, timed } from './fault-row.ts'

// The service as a process of its own, with the memory that its image has, before an Engine that means harm.

const SECTION = 'Too much input'
/** Each makes four calls at once. More would only take longer: large answers are read one after another. */
const CALLERS = 2
/**
 * One answer of 32 MiB as bytes, as text and as values, and what an idle copy takes: 460 MB were seen. The stack gives a copy
 * 768 MB.
 */
const MAX_BYTES = 550e6
/** The stack's health check waits for 10 s. */
const MAX_HEALTH_MS = 5000
const UNDER_FIRE = '/health answers all the time, memory stays below 550 MB'

const inWords = ({ status, text }: CallAnswer): string => {
  const { code, state, retryable } = JSON.parse(text)
  return `${status} ${code ?? state}${retryable ? ', retryable' : ''}`
}

const expectWell = (kind: string, { slowestHealthMs, peakBytes, isAlive }: Watched): void => {
  console.log({ kind, slowestHealthMs, peakBytes, isAlive })
  const isWell = { isQuick: slowestHealthMs < MAX_HEALTH_MS, isSmall: peakBytes < MAX_BYTES }
  expect({ ...isWell, isAlive }).toEqual({ isQuick: true, isSmall: true, isAlive: true })
}

for (const [kind, answer] of Object.entries(EVIL_ANSWERS))
  fault(
    SECTION,
    `the Engine's every answer is ${kind}`,
    { withinS: 60, timeoutMs: 240_000 },
    async () => {
      const { url, caller, end } = await startWatchedCopy(await startEvilEngine(answer))
      const users = Array.from({ length: CALLERS }, (_, index) => ({ username: `user-${index}` }))
      const [first = { username: '' }] = users
      const { value: alone, seconds } = await timed(() =>
        caller.call(url, 'poll', { server: first }),
      )
      const answers = await Promise.all(
        users.flatMap((server) => [
          caller.call(url, 'poll', { server }),
          caller.call(url, 'poll', { servers: users }),
          caller.call(url, 'start', { server, config: { service_image: 'x' }, wait_s: 5 }),
          caller.call(url, 'stop', { server }),
        ]),
      )
      expectWell(kind, await end())
      expect(inWords(alone)).toMatch(/^50[234] engine_/)
      // Many at once read large answers one after another, so that the last may be out of time.
      for (const one of answers) expect(inWords(one)).toMatch(/^50[234] engine_/)
      return { answer: `${inWords(alone)}; ${UNDER_FIRE}`, seconds, left: 'nothing' }
    },
  )

for (const [kind, frames] of Object.entries(EVIL_LOGS))
  fault(SECTION, `the log of a server that ended is ${kind}`, { withinS: 20 }, async () => {
    const socketPath = join(temporaryDirectory(), 'engine.sock')
    const embedded = await listenEmbedded(
      createEmbeddedEngine({ speed: 20 }),
      `unix://${socketPath}`,
    )
    const engine = createServer(async (request, response) => {
      const { method = '', url: path = '' } = request
      if (path.includes('/logs')) return void (await streamTo(response, frames()))
      const body = await buffer(request)
      const headers = { 'content-type': 'application/json' }
      const answer = await callEngine(socketPath, { method, path, body, headers })
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
    const copy = await startWatchedCopy(`unix://${await listenOnSocket(engine)}`)
    const { url, caller } = copy
    const config = { service_image: 'scenario/exit-3:1', networks: ['jupyterhub'] }
    const start = (username: string) =>
      caller.call(url, 'start', { server: { username }, config, wait_s: 30 })
    const { value: one, seconds } = await timed(() => start('alone'))
    await Promise.all(Array.from({ length: CALLERS }, (_, index) => start(`user-${index}`)))
    expectWell(kind, await copy.end())
    const { state, status, log } = JSON.parse(one.text)
    expect({ state, status }).toEqual({ state: 'failed', status: 3 })
    expect(JSON.stringify(log ?? []).length).toBeLessThan(100_000)
    const left = await askEngine(socketPath, { method: 'GET', path: '/services' })
    await embedded.close()
    expect(left).toEqual([])
    return { answer: `**failed, status 3**; ${UNDER_FIRE}`, seconds, left: 'nothing' }
  })
