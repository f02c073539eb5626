// lane: beside (the memory that it judges is that of processes of their own)
import * as v from 'valibot'
import { afterAll, beforeAll, expect } from 'vitest'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'
import type { CallAnswer } from '../support/load/caller.ts'
import { startWatchedCopy, type WatchedCopy } from '../support/load/watched-copy.ts'
import { fault, timed } from './fault-row.ts'

// Two copies of the service as processes of their own, and a user who wants them to die.

const SECTION = 'Too much input'
const MAX_BYTES = 300e6
/** The stack's health check waits for 10 s. */
const MAX_HEALTH_MS = 5000
const UNDER_FIRE = 'no copy dies, /health answers all the time, memory stays below 300 MB'

const image = 'scenario/notebook:1'
const config = { networks: ['jupyterhub'], use_user_options: true, container_spec: { image } }
const State = v.object({ state: v.string(), status: v.nullable(v.number()), cursor: v.string() })
const Services = v.array(v.object({ Spec: v.object({ Name: v.string() }) }))

let world: RealWorld
beforeAll(async () => {
  world = await openRealWorld('28.5')
}, 120_000)
afterAll(() => world?.close())

const many = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => item(index))
const dict = (count: number, value: unknown) =>
  Object.fromEntries(many(count, (index) => [`k${index}`, value]))
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
const container = (fields: object) => ({ container_spec: fields })

/** What a user sends. */
const OPTIONS: Readonly<Record<string, unknown>> = {
  'eight thousand labels of the wrong type': container({ labels: dict(8000, 1) }),
  'two hundred thousand words of the wrong type': container({ args: many(200_000, () => 1) }),
  'a directory of the words of an Engine': container({
    workdir: `/${'starting container failed: '.repeat(10_000)}`,
  }),
  'an image of colons': container({ image: `${':'.repeat(40_000)}/` }),
  'an image of slashes': container({ image: `${'a/'.repeat(40_000)}b` }),
  'lists in lists': { mounts: nested(3000) },
  'lists in lists as a command': container({ args: nested(3000) }),
  'a prototype': JSON.parse('{"__proto__":{"env":{"A":"b"}},"constructor":{"prototype":{"a":1}}}'),
  'a prototype of variables': JSON.parse('{"container_spec":{"env":{"__proto__":"a","A":"b"}}}'),
  'ten thousand networks': { networks: many(10_000, (index) => `network-${index}`) },
  'five thousand mounts': { mounts: many(5000, (index) => `volume-${index}:/v${index}`) },
  'ten thousand constraints': { placement: many(10_000, () => 'node.role!=manager'.repeat(4)) },
  'a size of digits': { mem_limit: '9'.repeat(100_000), resource_spec: { mem_limit: 1e308 } },
  'a duration of hours': { stop_grace_period: '1h'.repeat(50_000) },
  'templates in templates': container({ env: { A: '{{'.repeat(50_000) } }),
  'half a character': container({ env: { '\ud800': '\udfff', A: '\0'.repeat(1000) } }),
  'a megabyte of spaces': container({ env: { A: ' '.repeat(900_000) } }),
  'twenty thousand short variables': container({ env: dict(19_000, 'a') }),
  nothing: null,
  'a list': [[], {}, null],
  'a text': 'x'.repeat(500_000),
}

/**
 * The service asks for the last lines only, so it reads as much of a million lines as of ten. The Engine stores each
 * line on its own, and that takes seconds for a million.
 */
const LINES = 200_000

/** What a user's program prints before it ends with 1, and the variables that the user has set. */
const PROGRAMS: Readonly<Record<string, { script: string; env?: Record<string, string> }>> = {
  'values that are in what hides them': {
    script: 'for i in 1 2 3 4 5 6 7 8 9; do echo reda; echo cted; echo "[redacted]"; done',
    env: Object.fromEntries(
      // As many variables as a user may set, nearly.
      many(120, (index) => [
        `K${index}_KEY`,
        ['reda', 'cted', 'redacted', 'e', 'd'][index % 5] ?? '',
      ]),
    ),
  },
  'lines without end': { script: `yes | head -n ${LINES}` },
  'one line of 30 MB': { script: "head -c 30000000 /dev/zero | tr '\\0' a" },
  'empty lines': { script: `yes '' | head -n ${LINES}` },
  'any bytes': { script: 'head -c 10000000 /dev/urandom' },
  zeros: { script: 'head -c 10000000 /dev/zero' },
  'what looks like frames': {
    script: 'yes "$(printf \'\\001\\000\\000\\000\\377\\377\\377\\377\')" | head -n 200000',
  },
  'sequences of a terminal': {
    script: 'yes "$(printf \'\\033[2J\\r\\033]0;x\\007\')" | head -n 50000',
  },
  'letters one by one': { script: 'i=0; while [ $i -lt 5000 ]; do printf a; i=$((i+1)); done' },
}

const answerOf = ({ status, text }: CallAnswer): string => {
  const { code, state } = JSON.parse(text)
  return `${status} ${code ?? state}`
}

/** Starts two copies, lets a user do their worst to both, and judges the copies. */
const underFire = async (
  attack: (copies: readonly WatchedCopy[]) => Promise<void>,
): Promise<number> => {
  const copies = await Promise.all(many(2, () => startWatchedCopy(world.dockerd.dockerHost)))
  const { seconds } = await timed(() => attack(copies))
  for (const { end } of copies) {
    const { slowestHealthMs, peakBytes, isAlive } = await end()
    console.log({ slowestHealthMs, peakBytes, isAlive })
    const isWell = { isQuick: slowestHealthMs < MAX_HEALTH_MS, isSmall: peakBytes < MAX_BYTES }
    expect({ ...isWell, isAlive }).toEqual({ isQuick: true, isSmall: true, isAlive: true })
  }
  return seconds
}

const stateOf = ({ text }: CallAnswer) => v.parse(State, JSON.parse(text))

/** Starts a server and waits for its end, and for its container to be gone. */
const runToEnd = async ({ url, caller }: WatchedCopy, data: { server: object }) => {
  let state = stateOf(await caller.call(url, 'start', { wait_s: 60, ...data }))
  for (let looks = 0; state.status === null && looks < 30; looks++) {
    const waiting = { server: data.server, cursor: state.cursor, wait_s: 10 }
    state = stateOf(await caller.call(url, 'poll', waiting))
  }
  return state
}

const serviceNames = async () =>
  v.parse(Services, (await world.engine('GET', '/services')).json).map(({ Spec }) => Spec.Name)

const expectOthersWork = async ({ url, caller }: WatchedCopy) => {
  const server = { username: 'bob' }
  const start = { server, config, wait_s: 60 }
  expect(answerOf(await caller.call(url, 'start', start))).toBe('200 running')
  expect(answerOf(await caller.call(url, 'stop', { server }))).toBe('200 absent')
}

fault(
  SECTION,
  `a user sends options that are made to kill a copy (${Object.keys(OPTIONS).length} kinds)`,
  { withinS: 120, timeoutMs: 240_000 },
  async () => {
    const seconds = await underFire(async (copies) => {
      const tries = Object.entries(OPTIONS).flatMap(([kind, options]) =>
        copies.map((copy, index) => ({ kind, options, copy, index })),
      )
      for (const { kind, options, copy, index } of tries) {
        const { url, caller } = copy
        const server = { username: 'mallory', server_name: `by-${index}` }
        const start = { server, config, user_options: options, wait_s: 20 }
        const answer = answerOf(await caller.call(url, 'start', start))
        expect([kind, answer]).toEqual([kind, expect.stringMatching(/^(200 |4\d\d )/)])
        await caller.call(url, 'stop', { server, now: true })
      }
      for (const copy of copies) await expectOthersWork(copy)
    })
    expect(await serviceNames()).toEqual([])
    return {
      answer: `each is refused, or its server runs; ${UNDER_FIRE}`,
      seconds,
      left: 'nothing',
    }
  },
)

fault(
  SECTION,
  `a user's program prints what is made to kill a copy (${Object.keys(PROGRAMS).length} kinds)`,
  { withinS: 180, timeoutMs: 300_000 },
  async () => {
    const seconds = await underFire(async (copies) => {
      for (const [index, [kind, { script, env = {} }]] of Object.entries(PROGRAMS).entries()) {
        const args = ['sh', '-c', `${script}; exit 1`]
        const ends = await Promise.all(
          copies.map((copy, at) =>
            runToEnd(copy, {
              server: { username: 'mallory', server_name: `prints-${index}-${at}` },
              ...{ config, user_options: container({ args, env }) },
            }),
          ),
        )
        const told = ends.map(({ state, status }) => `${state} ${status}`)
        expect([kind, ...told]).toEqual([kind, 'failed 1', 'failed 1'])
      }
      for (const copy of copies) await expectOthersWork(copy)
    })
    expect(await serviceNames()).toEqual([])
    return { answer: `each is **failed, status 1**; ${UNDER_FIRE}`, seconds, left: 'nothing' }
  },
)
