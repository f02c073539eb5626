import * as v from 'valibot'
import { ServerState } from '../../../src/spawner/state/server-state.ts'
import type { CallAnswer, Caller, CallerOptions } from './caller.ts'

/** What a churn has seen so far. */
export type Tally = {
  starts: number
  /** How often each status and code was answered, by verb. */
  answers: Map<string, number>
  /** The slowest time from the request to the answer `running`, in seconds. */
  slowestStartS: number
  /** The spawns whose end was reported to somebody. */
  ended: Set<string>
  /** The spawns that were made to end. */
  doomed: Set<string>
  /** Answers that should not have come. */
  surprises: string[]
}

export const newTally = (): Tally => ({
  starts: 0,
  answers: new Map(),
  slowestStartS: 0,
  ended: new Set(),
  doomed: new Set(),
  surprises: [],
})

/** A hub with many users, who come and go until `until` aborts. */
export type Hub = { url: string; caller: Caller; tally: Tally; until: AbortSignal }

const Coded = v.object({ code: v.string() })

const ask = async (
  { url, caller, tally }: Hub,
  verb: string,
  data: unknown,
  options?: CallerOptions,
): Promise<CallAnswer> => {
  const answer = await caller.call(url, verb, data, options)
  const coded = v.safeParse(v.pipe(v.string(), v.parseJson(), Coded), answer.text)
  const name = [verb, answer.status, ...(coded.success ? [coded.output.code] : [])].join(' ')
  tally.answers.set(name, (tally.answers.get(name) ?? 0) + 1)
  return answer
}

/** The state in the answer to a call. An end is reported once, to the first caller that asks. */
const askState = async (...call: Parameters<typeof ask>): Promise<ServerState> => {
  const [{ tally }] = call
  const { text } = await ask(...call)
  const state = v.parse(v.pipe(v.string(), v.parseJson(), ServerState), text)
  if (state.spawn_id && ['failed', 'exited'].includes(state.state)) tally.ended.add(state.spawn_id)
  return state
}

const configOf = (image: string) => ({ service_image: `demo/${image}:1`, networks: ['jupyterhub'] })

/** One life of a user's server, from start to end. */
type Life = (hub: Hub, server: { username: string }, spawnId: string) => Promise<void>

const start = async (hub: Hub, server: object, spawn_id: string, image: string) => {
  hub.tally.starts++
  const begun = performance.now()
  const config = configOf(image)
  const state = await askState(hub, 'start', { server, spawn_id, config, wait_s: 30 })
  if (state.state === 'running') {
    const seconds = (performance.now() - begun) / 1000
    hub.tally.slowestStartS = Math.max(hub.tally.slowestStartS, seconds)
  }
  return state
}

const expectState = ({ tally }: Hub, life: string, { state }: ServerState, ...wanted: string[]) => {
  if (!wanted.includes(state)) tally.surprises.push(`${life}: ${state} instead of ${wanted}`)
}

/** A server that is started, polled, waited for and stopped. */
const works: Life = async (hub, server, spawnId) => {
  expectState(hub, 'works', await start(hub, server, spawnId, 'notebook'), 'running')
  const { cursor } = await askState(hub, 'poll', { server })
  const same = await askState(hub, 'poll', { server, cursor, wait_s: 1 })
  expectState(hub, 'works', same, 'running')
  expectState(hub, 'works', await askState(hub, 'stop', { server }), 'absent')
}

/** A server that is stopped as the hub's class does it, and started again at once. */
const startsAgain: Life = async (hub, server, spawnId) => {
  await start(hub, server, spawnId, 'notebook')
  await ask(hub, 'poll', { server })
  await ask(hub, 'stop', { server, spawn_id: spawnId, now: true })
  const again = await start(hub, server, `${spawnId}-again`, 'notebook')
  expectState(hub, 'starts again', again, 'running')
  await ask(hub, 'forget', { server })
}

/** A server that fails, sooner or later. The first caller that asks is told why. */
const fails =
  (image: string): Life =>
  async (hub, server, spawnId) => {
    hub.tally.doomed.add(spawnId)
    let state = await start(hub, server, spawnId, image)
    for (let looks = 0; state.status === null && looks < 50; looks++)
      state = await askState(hub, 'poll', { server, cursor: state.cursor, wait_s: 5 })
    expectState(hub, image, state, 'failed', 'exited', 'absent')
  }

/** A caller that reads the events of a slow start, and leaves in the middle. */
const leaves: Life = async (hub, server, spawnId) => {
  hub.tally.starts++
  const headers = { accept: spawnId.endsWith('0') ? 'text/event-stream' : 'application/json' }
  const data = { server, spawn_id: spawnId, config: configOf('slow-pull'), wait_s: 60 }
  const signal = AbortSignal.timeout(700)
  await ask(hub, 'start', data, { signal, headers }).catch(() => {})
}

/** A caller that leaves in the middle of a poll that waits. */
const looksAway: Life = async (hub, server) => {
  const waiting = { server, cursor: 'absent', wait_s: 60 }
  await ask(hub, 'poll', waiting, { signal: AbortSignal.timeout(300) }).catch(() => {})
}

/** A caller whose calls are refused. */
const errs: Life = async (hub, server) => {
  await ask(hub, 'start', { server, config: { mounts: 'no list' } })
  await ask(hub, 'explain', { server, config: configOf('notebook') })
  await ask(hub, 'poll', {})
}

const LIVES: readonly Life[] = [
  ...[works, startsAgain, works, leaves, works, fails('exit-3'), works, looksAway, works],
  ...[fails('image-missing'), works, errs, works, fails('crash-at-start'), startsAgain, works],
  ...[leaves, fails('bad-command'), works, fails('dies-later'), works, fails('oom')],
]

/** One user's servers, one after another, until the hub closes. */
export const comeAndGo = async (hub: Hub, user: number): Promise<void> => {
  for (let spawn = 0; !hub.until.aborted; spawn++) {
    const life = LIVES[(user + spawn * 7) % LIVES.length] ?? works
    await life(hub, { username: `user-${user}` }, `spawn-${user}-${spawn}`)
  }
}

/** A caller that waits for changes of one user's server as long as the hub is open. */
export const waitForChanges = async (hub: Hub, user: number): Promise<void> => {
  let cursor = ''
  while (!hub.until.aborted) {
    const server = { username: `user-${user}` }
    cursor = (await askState(hub, 'poll', { server, cursor, wait_s: 4 })).cursor
  }
}
