import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot } from '../project-root.ts'

const MAIN = resolve(projectRoot, 'cli/main.ts')

/** A `swarmspawner` command in a process of its own. */
export type Program = {
  pid: number
  /** Its output so far, line by line. */
  lines: string[]
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>
  signal: (name: 'SIGTERM' | 'SIGKILL') => void
  /** The address of V8's inspector, with `isInspected`. */
  inspectorUrl: string | undefined
}

type Options = { env?: Record<string, string>; isInspected?: boolean; main?: string }

/** A minute: a program begins within seconds, and on a busy machine within a few more. */
const READY_MS = 60_000

/**
 * Runs a `swarmspawner` command from its sources, or from the built program in `main`. Resolves when a line of
 * its output matches `ready`. Throws with its output, and ends it, if it ends first or no such line comes within a minute.
 */
export const runProgram = async (
  args: readonly string[],
  ready: RegExp,
  { env = {}, isInspected = false, main = MAIN }: Options = {},
): Promise<Program> => {
  const flags = isInspected ? ['--inspect=127.0.0.1:0'] : []
  const child = spawn(process.execPath, [...flags, main, ...args], {
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal)
  const lines: string[] = []
  const isReady = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => {
        lines.push(line)
        if (ready.test(line)) done()
      })
  })
  const early = ended.then(() => Promise.reject(new Error(`it ended:\n${lines.join('\n')}`)))
  const waiting = new AbortController()
  const late = sleep(READY_MS, undefined, { signal: waiting.signal }).then(() => {
    child.kill('SIGKILL')
    throw new Error(`no line of it matches ${ready}:\n${lines.join('\n')}`)
  })
  late.catch(() => {})
  early.catch(() => {})
  await Promise.race([isReady, early, late])
  waiting.abort()
  return {
    pid: pidOf(child),
    lines,
    ended,
    signal: (name) => void child.kill(name),
    inspectorUrl: lines.map((line) => /(ws:\/\/\S+)/.exec(line)?.[1]).find(Boolean),
  }
}

const pidOf = ({ pid }: ChildProcess): number => {
  if (pid === undefined) throw new Error('it did not start')
  return pid
}

/** How many file descriptors a process has open. */
export const countDescriptors = ({ pid }: Program): number => readdirSync(`/proc/${pid}/fd`).length

/** The memory of a process that is not swapped out, in bytes. */
export const residentBytes = ({ pid }: Program): number => {
  const [, kilobytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}
