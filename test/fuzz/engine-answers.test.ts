import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createTestService, send } from '../support/test-hub.ts'
import { checkAnswer } from './check-answer.ts'
import { FUZZ_TIMEOUT_MS, runs } from './fuzz-runs.ts'
import { checkLog } from './fuzz-world.ts'
import { type Answer, anyTurns, badTurns, type Exchange, engineOf } from './fuzzed-engine.ts'
import { verbData } from './start-data.ts'

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS })

/** The server that the recorded answers are about, so that they mean something. */
const recorded = { server: { username: 'alice' }, spawn_id: 'spawn-1' }
const start = {
  ...recorded,
  issued_at: 1_795_420_000_000,
  config: { service_image: 'a' },
  wait_s: 0.3,
}
const aboutRecorded: Readonly<Record<string, unknown>> = {
  start,
  explain: start,
  poll: { server: recorded.server },
  stop: recorded,
  forget: { server: recorded.server },
}

const Statuses = v.union([
  v.object({ servers: v.array(v.object({ status: v.nullable(v.number()) })) }),
  v.pipe(
    v.object({ status: v.nullable(v.number()) }),
    v.transform((one) => ({ servers: [one] })),
  ),
])

/** Whether an answer says of a server that it is not there any more. */
const saysDead = ({ status, text }: { status: number; text: string }): boolean =>
  status === 200 && v.parse(Statuses, JSON.parse(text)).servers.some((one) => one.status !== null)

const Pulls = v.object({ images: v.array(v.object({ report: v.unknown() })) })

/** Whether an answer says anything of a server or, in that of /pull, of an image: each has its own problem there. */
const saysSomething = (verb: string, { status, text }: { status: number; text: string }): boolean =>
  status === 200 &&
  (verb !== 'pull' || v.parse(Pulls, JSON.parse(text)).images.some(({ report }) => report !== null))

/** Sends one call to a service in front of such an Engine; undefined where the caller gave up first. */
const tryCall = async (verb: string, data: unknown, transport: EngineTransport) => {
  const service = createTestService(createSpawner(transport))
  const caller = new AbortController()
  const leave = setTimeout(() => caller.abort(), 250)
  const sent = send(service, verb, data, { signal: caller.signal })
  // What a start has made is removed after that, for as long as it takes.
  const response = await Promise.race([sent, gone(caller.signal)])
  clearTimeout(leave)
  checkLog(service.logged)
  return response && checkAnswer(response)
}

const gone = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) =>
    signal.addEventListener('abort', () => setTimeout(() => resolve(undefined), 50)),
  )

describe.each(Object.entries(verbData))('POST /%s', (verb, data) => {
  const sent = fc.oneof(data, fc.constant(aboutRecorded[verb]), fc.constant(aboutRecorded[verb]))

  test(`POST /${verb} is answered as declared, whatever the Engine answers`, async () => {
    await fc.assert(
      fc.asyncProperty(sent, anyTurns, async (one, turns) => {
        await tryCall(verb, one, engineOf(turns))
      }),
      runs(150),
    )
  })

  test(`POST /${verb} says nothing of a server while the Engine only refuses, breaks off or talks nonsense`, async () => {
    await fc.assert(
      fc.asyncProperty(sent, badTurns, async (one, turns) => {
        const exchanges: Exchange[] = []
        const answered = await tryCall(verb, one, engineOf(turns, exchanges))
        // To explain, and to poll no server, nobody needs an Engine.
        const needsOne = verb !== 'explain' && exchanges.length > 0
        if (needsOne)
          expect(answered && saysSomething(verb, answered), answered?.text).not.toBe(true)
      }),
      runs(150),
    )
  })
})

/** What is asked for the sake of people alone: a name, the last words, a reason in more words. */
const FOR_PEOPLE = ['nodes', 'node', 'logs', 'task', 'info', 'other']

test('a poll says that a server is gone only if no Engine answer that it is made of was broken or a refusal other than 404', async () => {
  const polled = aboutRecorded['poll']
  await fc.assert(
    fc.asyncProperty(anyTurns, async (turns) => {
      const exchanges: Exchange[] = []
      const answered = await tryCall('poll', polled, engineOf(turns, exchanges))
      if (!answered || !saysDead(answered)) return
      for (const { resource, answer } of exchanges) {
        if (isAskedAgain(answer)) continue
        const isNotFound = answer.kind === 'refusal' && answer.status === 404
        const isAbsence = isNotFound && ['service', 'remove'].includes(resource)
        if (!isAbsence && !FOR_PEOPLE.includes(resource)) expect(answer.kind).toBe('answer')
      }
    }),
    runs(600),
  )
})

/** The Engine was replaced, and its version is asked for anew. */
const isAskedAgain = (answer: Answer): boolean =>
  answer.kind === 'refusal' && String(answer.body).includes('client version')

test.each(['/ready', '/health'])('GET %s is answered as declared too', async (path) => {
  await fc.assert(
    fc.asyncProperty(anyTurns, async (turns) => {
      const service = createTestService(createSpawner(engineOf(turns)))
      const response = await service.app.request(path)
      checkLog(service.logged)
      await checkAnswer(response)
    }),
    runs(150),
  )
})
