import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** The machine's load of the last minute. */
export const loadOfMachine = (): number =>
  Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0])

/** Starts processes that do nothing but compute. Returns how to end them. */
export const keepBusy = (processes: number): (() => Promise<void>) => {
  const children = Array.from({ length: processes }, () =>
    spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  )
  return async () => {
    const ended = children.map((child) => once(child, 'exit'))
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(ended)
  }
}
