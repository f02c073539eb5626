import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runProcess } from './run-process.ts'

const limitMs = 20_000
const signal = new AbortController().signal
const shell = (script: string, more: { limitMs?: number; signal?: AbortSignal } = {}) =>
  runProcess({ command: ['sh', '-c', script], limitMs, signal, ...more })

/** Whether a process still runs; one that has ended and whom nobody has waited for does not. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

test('a process that ends by itself is told with its code and all that it printed', async () => {
  expect(await shell('echo one; echo two >&2; exit 3')).toEqual({
    ...{ code: 3, output: 'one\ntwo\n', trouble: undefined },
  })
})

test('a process that hangs is ended with all that it started, and what it printed is kept', async () => {
  const end = await shell('sleep 300 & echo $!; cat /proc/$!/stat; wait', { limitMs: 500 })
  expect(end.trouble).toBe('it did not end within 1 s')
  const [pid, stat] = end.output.split('\n')
  expect(stat).toContain(pid)
  await expect.poll(() => isAlive(Number(pid))).toBe(false)
})

test('a process ends when the run is stopped', async () => {
  const stopping = new AbortController()
  const running = shell('sleep 300', { signal: stopping.signal })
  await sleep(50)
  stopping.abort()
  expect(await running).toMatchObject({ trouble: 'it was stopped' })
  expect(await shell('sleep 300', { signal: stopping.signal })).toMatchObject({
    trouble: 'it was stopped',
  })
})

test('a process that a signal ends is told as ended by the signal', async () => {
  expect(await shell('kill -9 $$')).toMatchObject({
    code: undefined,
    trouble: 'it was ended by SIGKILL',
  })
})

test('a program that does not exist is told', async () => {
  const end = await runProcess({ command: ['/nonexistent/program'], limitMs, signal })
  expect(end.trouble).toContain("it can't be started: spawn /nonexistent/program ENOENT")
})
