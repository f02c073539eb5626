// lane: beside (memory and connections that it judges are those of processes of their own)
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect } from 'vitest'
import { limitsOfImage } from '../../lab/load/limits-of-image.ts'
import { countDescriptors, residentBytes } from '../../lab/load/program.ts'
import { bringStrangers, type Strangers } from '../../lab/load/strangers.ts'
import { createCaller } from '../support/load/caller.ts'
import { type Copy, type LoadWorld, openLoadWorld } from '../support/load/load-world.ts'
import { fault, timed } from './fault-row.ts'

// The service as a process of its own, as in real-load.test.ts: strangers can't tell its Engine from another.

const STRANGERS = 2000
const HELD_MS = 20_000

let world: LoadWorld
let copy: Copy
let strangers: Strangers | undefined
beforeEach(async () => {
  world = await openLoadWorld()
  copy = await world.startCopy({ env: limitsOfImage() })
}, 60_000)
afterEach(async () => {
  await strangers?.leave()
  strangers = undefined
  await world?.close()
})

const server = { username: 'alice' }
const start = {
  server,
  spawn_id: 'one',
  config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'] },
  wait_s: 20,
}

/** A hub whose calls have a connection each, as those of its class. */
const createHub = () => {
  const caller = createCaller()
  const headers = { connection: 'close' }
  const ask = (verb: string, data: object) => caller.call(copy.url, verb, data, { headers })
  return { ask, close: caller.close }
}

const checkHealth = async () => {
  const answer = await fetch(`${copy.url}/health`, { headers: { connection: 'close' } })
  expect(await answer.json()).toEqual({ status: 'ok' })
}

type Seen = { seconds: number[]; memory: number[]; descriptors: number[] }

/** Polls and checks, each on a connection of its own, and looks at what the service takes meanwhile. */
const watch = async (hub: ReturnType<typeof createHub>): Promise<Seen> => {
  const seen: Seen = { seconds: [], memory: [], descriptors: [] }
  const until = performance.now() + HELD_MS
  while (performance.now() < until) {
    const polled = await timed(() => hub.ask('poll', { server }))
    expect(polled.value).toMatchObject({ status: 200 })
    expect(polled.value.text).toContain('"state":"running"')
    const checked = await timed(checkHealth)
    seen.seconds.push(polled.seconds, checked.seconds)
    seen.memory.push(residentBytes(copy))
    seen.descriptors.push(countDescriptors(copy))
    await sleep(20)
  }
  return seen
}

const most = (values: readonly number[]): number => Math.max(...values)

fault(
  'Load',
  '2,000 unsigned calls that stay open, and come back when they are closed: nothing, half a request, half a body, a whole body with a wrong signature',
  { withinS: 10, timeoutMs: 120_000 },
  async () => {
    const hub = createHub()
    expect(await hub.ask('start', start)).toMatchObject({ status: 200 })
    const { cursor } = JSON.parse((await hub.ask('poll', { server })).text)
    const [memoryBefore, descriptorsBefore] = [residentBytes(copy), countDescriptors(copy)]

    const waiting = hub.ask('poll', { server, cursor, wait_s: 15 })
    strangers = bringStrangers(copy.url, STRANGERS)
    await expect.poll(async () => (await strangers?.seen())?.opened).toBeGreaterThan(STRANGERS)
    const { seconds, memory, descriptors } = await watch(hub)
    const { answers } = await strangers.seen()
    const measured = {
      calls: seconds.length,
      slowestS: most(seconds),
      grownMB: (most(memory) - memoryBefore) / 1e6,
      descriptors: most(descriptors) - descriptorsBefore,
      answers,
    }
    console.log(measured)
    expect(await waiting).toMatchObject({ status: 200 })
    // 1,024 of them, for a moment twice as many, and a few of the hub's.
    expect(measured.descriptors).toBeLessThan(2100)
    expect(measured.grownMB).toBeLessThan(300)
    expect(answers['401']).toBeGreaterThan(0)
    expect(answers['503']).toBeGreaterThan(0)

    await strangers.leave()
    strangers = undefined
    await expect
      .poll(() => countDescriptors(copy), { timeout: 20_000 })
      .toBeLessThanOrEqual(descriptorsBefore)
    await hub.close()
    copy.signal('SIGTERM')
    expect(await copy.ended).toBe(0)
    return {
      answer:
        'polls, a poll that waits and `/health` are answered as ever; strangers get **401 unauthorized**, **408**, or **503 busy**, retryable; memory and connections stay bounded, and all is over when they leave',
      seconds: measured.slowestS,
      left: 'the server, which runs',
    }
  },
)
