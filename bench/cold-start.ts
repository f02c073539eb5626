import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'tsup'
import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { projectRoot } from '../lab/project-root.ts'
import { program } from '../tsup.config.ts'
import { quantile } from './quantile.ts'
import { atMost, type Row } from './row.ts'
import { SECRET, signedPoll } from './signed-poll.ts'

const ROUNDS = 25

/**
 * How long a new process of the built service takes to its first answer, compared with one that only imports
 * hono and undici.
 */
export const coldStart = async ({ dockerHost }: RealEngine): Promise<Row[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'swarmspawner-bench-'))
  try {
    const bare = await buildBare(directory)
    const service = [join(projectRoot, 'dist/cli.js'), 'serve']
    const env = {
      // Both use the cache and it is warm: each runs once and ends in order before it is timed.
      NODE_COMPILE_CACHE: join(directory, 'cache'),
      DOCKER_HOST: dockerHost,
      SWARMSPAWNER_SECRET: SECRET,
      PORT: '0',
    }
    const runs = {
      // This one ends by itself, and has then written its cache.
      bare: () => timeRun([bare], env),
      health: () => timeRun(service, env, askHealth),
      poll: () => timeRun(service, env, askPoll),
    }
    const times = await inTurns(runs)
    return [
      row('cold start: to the first GET /health', 1.6, times, 'health'),
      row('cold start: to the first POST /poll, Engine calls included', 2.5, times, 'poll'),
    ]
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Builds the bare program in the same way as the real one. */
const buildBare = async (directory: string): Promise<string> => {
  const { onSuccess: _, ...options } = program
  const entry = { bare: join(import.meta.dirname, 'bare-main.ts') }
  await build({ ...options, entry, outDir: directory, config: false })
  return join(directory, 'bare.js')
}

/**
 * Milliseconds from the start of a process until its first line or, with `ask`, until the answer to the
 * question that `ask` sends.
 */
const timeRun = async (
  args: readonly string[],
  env: Record<string, string>,
  ask?: (line: string) => Promise<void>,
): Promise<number> => {
  const begun = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    const line = await firstLine(child)
    await ask?.(line)
    return performance.now() - begun
  } finally {
    if (ask) child.kill('SIGTERM')
    await ended
  }
}

const firstLine = async ({ stdout }: ChildProcess): Promise<string> => {
  if (stdout) for await (const line of createInterface(stdout)) return line
  throw new Error('it ended without a word')
}

const urlOf = (line: string): string => {
  const [url] = /http:\/\/[\d.:]+/.exec(line) ?? []
  if (!url) throw new Error(`not listening: ${line}`)
  return url
}

const answered = async (response: Response): Promise<void> => {
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
}

const askHealth = async (line: string) => answered(await fetch(`${urlOf(line)}/health`))

const askPoll = async (line: string) =>
  answered(await fetch(`${urlOf(line)}/poll`, { method: 'POST', ...signedPoll('nobody') }))

type Times = ReadonlyMap<string, readonly number[]>

const inTurns = async (runs: Readonly<Record<string, () => Promise<number>>>): Promise<Times> => {
  const times = new Map(Object.keys(runs).map((name) => [name, [] as number[]]))
  for (const run of Object.values(runs)) await run()
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, run] of Object.entries(runs)) times.get(name)?.push(await run())
  return times
}

const row = (what: string, limit: number, times: Times, name: string): Row => {
  const [own, bare] = [name, 'bare'].map((of) => quantile(times.get(of) ?? [], 0.5))
  if (own === undefined || bare === undefined) throw new Error('not measured')
  return atMost(limit, {
    what,
    seen: times.get(name)?.length ?? 0,
    measured: own / bare,
    unit: 'times',
    from: `${own.toFixed(0)} ms; hono and undici alone ${bare.toFixed(0)} ms`,
  })
}
