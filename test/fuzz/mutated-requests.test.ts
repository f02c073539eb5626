import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { readEvents, send } from '../support/test-hub.ts'
import { checkAnswer } from './check-answer.ts'
import { FUZZ_TIMEOUT_MS, runs } from './fuzz-runs.ts'
import { checkLog, openFuzzWorld } from './fuzz-world.ts'
import { mutated } from './mutate.ts'
import { verbData } from './start-data.ts'

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS })

const SSE = { headers: { accept: 'text/event-stream' } }
/** The states after which nothing of a start is left. */
const ENDED = ['failed', 'exited', 'absent']

/** One signed call in a world of its own: checks what holds for each, and says what it was answered. */
const tryCall = async (verb: string, data: unknown, options: object = {}) => {
  const { service, services, foreign } = await openFuzzWorld()
  service.logged.length = 0
  const before = await services()
  const leave = setTimeout(() => service.shutdown.abort(), 300)
  const response = await send(service, verb, data, options)
  const { status, text } = await checkAnswer(response)
  // Of a stream, the events are signed.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (!isStream) expect(response.headers.get('webhook-id')).toBe('msg_test')
  clearTimeout(leave)
  const after = await services()
  if (status !== 200) expect([...after], text).toEqual([...before])
  for (const id of foreign) expect(after).toContain(id)
  checkLog(service.logged)
  return { status, text, before, after }
}

/** A start that says that it failed has left nothing of its own. */
const checkStart = (
  state: ServerState | undefined,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
) => {
  const made = [...after].filter((id) => !before.has(id))
  expect(made.length).toBeLessThanOrEqual(1)
  if (state && ENDED.includes(state.state)) expect(made).toEqual([])
  else expect(after).toContain(state?.service_id)
}

describe.each(Object.entries(verbData))('POST /%s', (verb, data) => {
  test(`POST /${verb} with good data is answered as declared`, async () => {
    await fc.assert(
      fc.asyncProperty(data, async (good) => {
        const { status, text, before, after } = await tryCall(verb, good)
        if (verb === 'start' && status === 200)
          checkStart(v.parse(ServerState, JSON.parse(text)), before, after)
        if (verb === 'poll') expect(status).toBe(200)
      }),
      runs(80),
    )
  })

  test(`POST /${verb} with one to three wrong values is answered as declared`, async () => {
    await fc.assert(
      fc.asyncProperty(mutated(data), async (bad) => {
        const { status, text, before, after } = await tryCall(verb, bad)
        if (verb === 'start' && status === 200)
          checkStart(v.parse(ServerState, JSON.parse(text)), before, after)
        if (verb === 'explain' || verb === 'poll') expect([...after]).toEqual([...before])
      }),
      runs(300),
    )
  })
})

test('POST /start by server-sent events ends with the state that it leaves', async () => {
  const start = fc.oneof(
    verbData['start'] ?? fc.anything(),
    mutated(verbData['start'] ?? fc.anything()),
  )
  await fc.assert(
    fc.asyncProperty(start, async (data) => {
      const { status, text, before, after } = await tryCall('start', data, SSE)
      if (status !== 200) return
      const last = (await readEvents(new Response(text))).at(-1)
      expect(['state', 'ready', 'failed']).toContain(last?.event)
      checkStart(v.parse(ServerState, last?.data), before, after)
    }),
    runs(80),
  )
})
