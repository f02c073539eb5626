// lane: beside (the memory that it judges is that of a process of its own)
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { afterEach, beforeEach, expect } from 'vitest'
import { PROBLEMS } from '../../handlers/errors.ts'
import { countDescriptors, residentBytes } from '../../lab/load/program.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { keepArtefact } from '../support/artefacts.ts'
import { type CallAnswer, createCaller } from '../support/load/caller.ts'
import { comeAndGo, newTally, type Tally, waitForChanges } from '../support/load/churn.ts'
import { heapBytes } from '../support/load/heap.ts'
import { type Copy, type LoadWorld, openLoadWorld } from '../support/load/load-world.ts'
import { fault, timed } from './fault-row.ts'

// The service as a process of its own, before the embedded engine as another: whose scenarios do at a pace that no
// lab of real containers keeps up with what users do in an hour.

/** For how long users come and go at least, in seconds; `npm run faults -- --hour` makes it an hour. */
const LOAD_S = Number(process.env['SWARMSPAWNER_LOAD_S']) || 45
/** How many starts there are at least: a big hub's hour. */
const MIN_STARTS = 1000
const USERS = 100
const WAITERS = 200

let world: LoadWorld
let copy: Copy
beforeEach(async () => {
  world = await openLoadWorld()
  copy = await world.startCopy({ isInspected: true })
}, 60_000)
afterEach(() => world?.close())

const numbers = (count: number): number[] => [...Array(count).keys()]

/** Lets users come and go until `isEnough`; resolves when the last has gone. */
const churn = async (isEnough: (tally: Tally) => boolean): Promise<Tally> => {
  const [caller, tally, closing] = [createCaller(), newTally(), new AbortController()]
  const hub = { url: copy.url, caller, tally, until: closing.signal }
  const users = numbers(USERS).map((user) => comeAndGo(hub, user))
  const waiters = numbers(WAITERS).map((waiter) => waitForChanges(hub, waiter % USERS))
  const gone = Promise.all([...users, ...waiters])
  while (!isEnough(tally)) await Promise.race([sleep(500), gone])
  closing.abort()
  await gone
  await caller.close()
  return tally
}

/** What is answered to a healthy service's callers: 200, or a refusal that the table declares. */
const undeclared = ({ answers }: Tally): string[] => {
  const refusals = Object.entries(PROBLEMS).flatMap(([code, { status }]) =>
    status < 500 ? [`${status} ${code}`] : [],
  )
  return [...answers.keys()].filter(
    (name) => !['200', ...refusals].includes(name.slice(name.indexOf(' ') + 1)),
  )
}

/** The lines that the copy has written which are errors, or no lines of a log. */
const complaints = ({ lines }: Copy): string[] =>
  lines.filter(
    (line) => !/^Debugger |^For help, /.test(line) && !/"level":"(info|warn)"/.test(line),
  )

/** The memory of a copy after full garbage collections, in bytes: of its objects, and of the whole process. */
const memoryOf = async (copy: Copy) => ({
  heap: await heapBytes(copy),
  resident: residentBytes(copy),
})

/** At most what the service remembers of the last ten thousand spawns, in bytes. */
const rememberedBytes = (starts: number): number => 256 * Math.min(10_000, starts)

fault(
  'Load',
  'a thousand starts and more, 100 of them at once, beside 200 polls that wait: users who work, fail, start again, leave in the middle',
  { withinS: 30, timeoutMs: (LOAD_S * 5 + 120) * 1000 },
  async () => {
    await heapBytes(copy)
    const descriptorsBefore = countDescriptors(copy)
    // What is loaded and compiled at the first use is no leak.
    await churn(({ starts }) => starts >= 2 * USERS)
    const before = await memoryOf(copy)

    const [begun, enoughMs] = [performance.now(), LOAD_S * 1000]
    const tally = await churn(
      ({ starts }) => starts >= MIN_STARTS && performance.now() - begun > enoughMs,
    )
    const seconds = (performance.now() - begun) / 1000

    const after = await memoryOf(copy)
    const { starts, slowestStartS } = tally
    const answers = Object.fromEntries(tally.answers)
    const measured = { seconds, starts, answers, before, after, descriptorsBefore, slowestStartS }
    console.log(measured)
    await keepArtefact('load.json', JSON.stringify(measured, null, 2))

    expect(tally.surprises).toEqual([])
    expect(undeclared(tally)).toEqual([])
    expect([...tally.doomed].filter((spawn) => !tally.ended.has(spawn))).toEqual([])
    // There may be fewer: before, a connection to the Engine or of the inspector may have been open still.
    await expect
      .poll(() => countDescriptors(copy), { timeout: 20_000 })
      .toBeLessThanOrEqual(descriptorsBefore)
    // 1 MB: tables double, and on a busy machine V8 optimizes more code later. It is a kilobyte for each of 1000 starts.
    expect(after.heap).toBeLessThan(before.heap + rememberedBytes(starts) + 1e6)
    expect(after.resident).toBeLessThan(before.resident + 32e6)
    expect(complaints(copy)).toEqual([])
    expect(await world.services()).toEqual([])
    return {
      answer:
        'each is answered as declared, and of each end somebody is told; memory stays flat, no descriptor leaks, no error is logged',
      seconds: slowestStartS,
      left: 'nothing',
    }
  },
)

const startOf = (user: number, image: string, wait_s: number) => ({
  server: { username: `user-${user}` },
  spawn_id: `spawn-${user}`,
  issued_at: 1_790_000_000_000,
  config: { service_image: `demo/${image}:1`, networks: ['jupyterhub'] },
  wait_s,
})

const stateOf = ({ text }: CallAnswer): ServerState =>
  v.parse(v.pipe(v.string(), v.parseJson(), ServerState), text)

fault(
  'Load',
  'SIGTERM while 100 starts and 200 polls wait',
  { withinS: 5, timeoutMs: 120_000 },
  async () => {
    const caller = createCaller()
    const polled = numbers(10).map((user) => 1000 + user)
    const running = await Promise.all(
      polled.map((user) => caller.call(copy.url, 'start', startOf(user, 'notebook', 30))),
    )
    const users = numbers(USERS)
    const starts = users.map((user) =>
      caller.call(copy.url, 'start', startOf(user, 'slow-pull', 60)),
    )
    const cursors = running.map((answer) => stateOf(answer).cursor)
    const polls = numbers(WAITERS).map((waiter) => {
      const index = waiter % polled.length
      const server = { username: `user-${polled[index]}` }
      return caller.call(copy.url, 'poll', { server, cursor: cursors[index], wait_s: 60 })
    })
    await expect
      .poll(async () => (await world.services()).length, { timeout: 10_000 })
      .toBe(USERS + polled.length)

    const { value: code, seconds } = await timed(() => {
      copy.signal('SIGTERM')
      return copy.ended
    })
    expect(code).toBe(0)
    const [started, seen] = [await Promise.all(starts), await Promise.all(polls)]
    for (const answer of [...started, ...seen]) expect(answer.status).toBe(200)
    for (const answer of started) expect(stateOf(answer)).toMatchObject({ state: 'starting' })
    for (const answer of seen) expect(stateOf(answer)).toMatchObject({ state: 'running' })

    const other = await world.startCopy()
    const again = await Promise.all(
      users.map((user) => caller.call(other.url, 'start', startOf(user, 'slow-pull', 60))),
    )
    await caller.close()
    for (const answer of again) expect(stateOf(answer)).toMatchObject({ state: 'running' })
    const idsOf = (answers: readonly CallAnswer[]) => answers.map((one) => stateOf(one).service_id)
    expect(idsOf(again)).toEqual(idsOf(started))
    expect(complaints(copy)).toEqual([])
    const services = await world.services()
    expect(services).toHaveLength(USERS + polled.length)
    return {
      answer:
        'each its state; the process exits 0 by itself; another copy goes on to running with each start',
      seconds,
      left: 'the service of each start, once',
    }
  },
)
