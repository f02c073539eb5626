import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const WATCH_MS = 2000
const QUIET = 0.25
const GIVE_UP_MS = 20_000

/** Waits until the machine's CPUs have been mostly idle for two seconds. Says so if that never happens. */
export const waitUntilQuiet = async (say: (sentence: string) => void): Promise<void> => {
  const begun = performance.now()
  while ((await busyShare()) > QUIET)
    if (performance.now() - begun > GIVE_UP_MS) return say('this machine does not come to rest')
}

const busyShare = async (): Promise<number> => {
  const before = cpuTicks()
  await sleep(WATCH_MS)
  const after = cpuTicks()
  return 1 - (after.idle - before.idle) / (after.all - before.all)
}

const cpuTicks = (): { all: number; idle: number } => {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const ticks = line.split(/\s+/).slice(1).map(Number)
  const [, , , idle = 0, waiting = 0] = ticks
  return { all: ticks.reduce((sum, count) => sum + count, 0), idle: idle + waiting }
}
