import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { PolledStates } from '../handlers/poll.ts'
import { limitsOfImage } from '../lab/load/limits-of-image.ts'
import { type Program, residentBytes, runProgram } from '../lab/load/program.ts'
import { bringStrangers } from '../lab/load/strangers.ts'
import { atMost, type Row } from './row.ts'
import { SECRET } from './signed-poll.ts'

const MEGABYTE = 1e6
const root = resolve(import.meta.dirname, '..')
const main = join(root, 'dist/cli.js')
const ADMIN_TOKEN = 'the-admin-token-of-the-bench'
const SERVERS = 1000
const WAITING = 200
/** 20 starts at once: what a busy hub asks for. */
const AT_ONCE = 20
/** 2000 callers without a secret, who keep their connections open and open new ones when they are closed. */
const STRANGERS = 2000

/**
 * The memory of the built service: idle; in a storm, with as many servers as a large hub has, all polled again
 * and again, beside long polls; and while strangers hold as much as they can. The embedded engine is a process
 * of its own, so its memory does not count.
 */
export const memory = async (): Promise<Row[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-bench-'))
  const socket = `unix://${join(directory, 'engine.sock')}`
  const engine = await runProgram(['engine', '--listen', socket], /is listening/, { main })
  const service = await runProgram(['serve'], /listening on/, {
    main,
    env: environment(socket, directory),
  })
  try {
    const idle = await residentMegabytes(service, 10_000)
    const url = /listening on (http:[^"]+)/.exec(service.lines.join('\n'))?.[1] ?? ''
    const busy = await storm(url, service)
    const strangers = bringStrangers(url, STRANGERS)
    const besieged = await residentMegabytes(service, 20_000)
    const threads = judgeThreads(service)
    await strangers.leave()
    return [
      judge('idle', 90, idle),
      judge(`${SERVERS} servers, ${WAITING} long polls`, 150, busy),
      judge(`${STRANGERS} open unsigned calls after that`, 350, besieged),
      threads,
    ]
  } finally {
    for (const program of [service, engine]) program.signal('SIGTERM')
    await Promise.all([service.ended, engine.ended])
    rmSync(directory, { recursive: true })
  }
}

const environment = (socket: string, home: string) => ({
  DOCKER_HOST: socket,
  HOME: home,
  PORT: '0',
  ...limitsOfImage(),
  SWARMSPAWNER_SECRET: SECRET,
  SWARMSPAWNER_ADMIN_TOKEN: ADMIN_TOKEN,
})

const storm = async (url: string, service: Program): Promise<number> => {
  const call = (verb: string, data: object) => callService(url, verb, data)
  const servers = Array.from({ length: SERVERS }, (_, n) => ({ username: `user-${n}` }))
  for (let first = 0; first < SERVERS; first += AT_ONCE)
    await Promise.all(
      servers.slice(first, first + AT_ONCE).map((server) => call('start', start(server))),
    )
  const pollAll = async () => v.parse(PolledStates, await call('poll', { servers }))
  while ((await pollAll()).servers.some(({ state }) => state !== 'running')) await sleep(500)
  const waiting = servers.slice(0, WAITING).map(async (server) => {
    const { cursor } = v.parse(Cursor, await call('poll', { server }))
    await call('poll', { server, cursor, wait_s: 25 })
  })
  const measured = residentMegabytes(service, 20_000)
  const polling = everySecond(20, pollAll)
  const megabytes = await measured
  await Promise.all([polling, ...waiting])
  return megabytes
}

const Cursor = v.object({ cursor: v.string() })

const start = (server: object) => ({
  server,
  wait_s: 0,
  config: { container_spec: { image: 'demo/notebook:1' }, networks: ['jupyterhub'] },
})

const callService = async (url: string, verb: string, data: object): Promise<unknown> => {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' }
  const timestamp = new Date().toISOString()
  const body = JSON.stringify({ type: `spawner.${verb}`, timestamp, data })
  const answer = await fetch(`${url}/${verb}`, { method: 'POST', headers, body })
  if (answer.ok) return answer.json()
  throw new Error(`${verb}: ${answer.status} ${await answer.text()}`)
}

const everySecond = async (times: number, work: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < times; time++) await Promise.all([work(), sleep(1000)])
}

/** The largest memory within a while, because memory that a garbage collection gives back is needed again. */
const residentMegabytes = async (program: Program, ms: number): Promise<number> => {
  const end = performance.now() + ms
  const seen: number[] = []
  while (performance.now() < end) {
    seen.push(residentBytes(program) / MEGABYTE)
    await sleep(250)
  }
  return Math.max(...seen)
}

const judge = (what: string, limit: number, megabytes: number): Row =>
  atMost(limit, {
    what: `resident memory of the service: ${what}`,
    seen: megabytes,
    measured: megabytes,
    unit: 'MB',
    from: 'the most VmRSS of dist/cli.js serve, with the limits of the image; on the embedded engine',
  })

/**
 * The number of threads, which counts for the limit of pids. The health check is a process with as many
 * threads.
 */
const judgeThreads = ({ pid }: Program): Row => {
  const threads = readdirSync(`/proc/${pid}/task`).length
  return atMost(30, {
    what: 'threads of the service',
    seen: threads,
    measured: threads,
    unit: 'threads',
    from: 'of which V8 and libuv have one for each core and four; the health check has as many',
  })
}
