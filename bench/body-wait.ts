import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { request } from 'undici'
import * as v from 'valibot'
import { limitsOfImage } from '../lab/load/limits-of-image.ts'
import { runProgram } from '../lab/load/program.ts'
import { atMost, type Row } from './row.ts'
import { SECRET, signedCall } from './signed-poll.ts'
import { WORST_BODIES, type WorstBody } from './worst-bodies.ts'

const main = join(resolve(import.meta.dirname, '..'), 'dist/cli.js')
/** Four rounds, and the fastest counts, because in some of them garbage is collected. */
const ROUNDS = 4
const PARSES = 20
const LIMIT = 20

/**
 * How long the longest body of each kind makes `/health` wait: the longest turn of the service's event loop,
 * compared with JSON.parse of the same bytes. The service is a process of its own, and so is its Engine, the
 * embedded one.
 */
export const bodyWait = async (): Promise<Row[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-bench-'))
  const socket = `unix://${join(directory, 'engine.sock')}`
  const engine = await runProgram(['engine', '--listen', socket], /is listening/, { main })
  const service = await startService(socket)
  try {
    const rows: Row[] = []
    for (const body of WORST_BODIES) rows.push(await measure(service, body))
    return worstOf(rows)
  } finally {
    service.process.disconnect()
    engine.signal('SIGTERM')
    await engine.ended
    rmSync(directory, { recursive: true })
  }
}

/** For each route, the row closest to its limit, and every row above its limit. */
const worstOf = (rows: readonly Row[]): Row[] => {
  const byRoute = Map.groupBy(rows, ({ what }) => what.split(',')[0])
  const worst = [...byRoute.values()].map((own) =>
    own.reduce((most, row) => (row.measured > most.measured ? row : most)),
  )
  return rows.filter((row) => !row.ok || worst.includes(row))
}

type Service = { url: string; process: ChildProcess }

const startService = async (dockerHost: string): Promise<Service> => {
  const env = { DOCKER_HOST: dockerHost, SWARMSPAWNER_SECRET: SECRET, PORT: '0' }
  const child = fork(join(import.meta.dirname, 'body-service.ts'), {
    env: { ...env, ...limitsOfImage() },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { url } = v.parse(v.object({ url: v.string() }), (await once(child, 'message'))[0])
  return { url, process: child }
}

/** The longest turn of the event loop since the last question, in milliseconds. */
const longestTurn = async ({ process }: Service): Promise<number> => {
  process.send('longest?')
  const [message] = await once(process, 'message')
  return v.parse(v.object({ longest: v.number() }), message).longest
}

const measure = async (service: Service, { what, verb, data }: WorstBody): Promise<Row> => {
  const [turns, parses]: [number[], number[]] = [[], []]
  const statuses = new Set<number>()
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const { headers, body } = signedCall(verb, data(round))
    bytes = Buffer.byteLength(body)
    parses.push(parseMs(body))
    await longestTurn(service)
    const answer = await request(`${service.url}/${verb}`, {
      method: 'POST',
      headers,
      body,
      reset: true,
    })
    await answer.body.dump()
    statuses.add(answer.statusCode)
    turns.push(await longestTurn(service))
  }
  const turn = Math.min(...turns)
  // One parse is so short that Linux counts it in one round and not in the next, so the average counts.
  const parse = parses.reduce((sum, ms) => sum + ms, 0) / ROUNDS
  return atMost(LIMIT, {
    what: `POST /${verb}, ${what}: longest turn against JSON.parse`,
    seen: turns.length,
    measured: turn / parse,
    unit: 'times',
    from: `${turn.toFixed(1)} ms / ${parse.toFixed(2)} ms, ${Math.round(bytes / 1024)} KiB, answered ${[...statuses].join()}`,
  })
}

/** The time to parse a body as it arrives: its bytes become text before they become JSON. */
const parseMs = (body: string): number => {
  const [bytes, decoder] = [Buffer.from(body), new TextDecoder()]
  const begun = process.threadCpuUsage()
  for (let parse = 0; parse < PARSES; parse++) JSON.parse(decoder.decode(bytes))
  const { user, system } = process.threadCpuUsage(begun)
  return (user + system) / 1000 / PARSES
}
