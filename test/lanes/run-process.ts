import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type ProcessEnd = {
  /** Its exit code; `undefined` when a signal ended it, or when it never started. */
  code: number | undefined
  /** The output of the process and its children, in order. */
  output: string
  /** Why it did not end by itself. */
  trouble: string | undefined
}

type ProcessOptions = {
  command: readonly string[]
  /** A process that takes longer than this is ended. */
  limitMs: number
  /** Ends the process early. */
  signal: AbortSignal
}

/** 10 s from SIGTERM to SIGKILL: vitest ends its workers within seconds. */
const GRACE_MS = 10_000

/** Runs a process in its own group and collects its output. If it has to, it ends the whole group. */
export const runProcess = async (options: ProcessOptions): Promise<ProcessEnd> => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-lane-'))
  const file = join(directory, 'output')
  const log = openSync(file, 'w')
  try {
    const end = await untilEnd(options, log)
    return { ...end, output: readFileSync(file, 'utf8') }
  } finally {
    closeSync(log)
    rmSync(directory, { recursive: true })
  }
}

const untilEnd = (
  { command, limitMs, signal }: ProcessOptions,
  log: number,
): Promise<Omit<ProcessEnd, 'output'>> =>
  new Promise((resolve) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true })
    const timers: NodeJS.Timeout[] = []
    let trouble: string | undefined
    const end = (why: string) => {
      trouble ??= why
      signalGroup(child.pid, 'SIGTERM')
      timers.push(setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS))
    }
    const stop = () => end('it was stopped')
    const done = (code: number | undefined) => {
      signal.removeEventListener('abort', stop)
      for (const timer of timers) clearTimeout(timer)
      // A group that was ended may have members that ignored SIGTERM.
      if (trouble) signalGroup(child.pid, 'SIGKILL')
      resolve({ code, trouble })
    }
    child.on('error', ({ message }) => {
      trouble ??= `it can't be started: ${message}`
      done(undefined)
    })
    child.on('exit', (code, by) => {
      if (by) trouble ??= `it was ended by ${by}`
      done(code ?? undefined)
    })
    timers.push(
      setTimeout(() => end(`it did not end within ${Math.round(limitMs / 1000)} s`), limitMs),
    )
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })

const signalGroup = (pid: number | undefined, name: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(-pid, name)
  } catch {
    // The group has ended by itself already.
  }
}
