import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Program, runProgram } from '../../../lab/load/program.ts'
import { SECRETS } from '../test-hub.ts'
import { type Caller, createCaller } from './caller.ts'

/** What the image gives the service of V8's memory. */
const NODE_OPTIONS = '--max-old-space-size=512 --max-semi-space-size=8'

/** How a copy was while somebody did their worst. */
export type Watched = {
  /** The longest that /health took, in milliseconds; infinite where it did not answer once. */
  slowestHealthMs: number
  /** The most memory that the process has ever had, in bytes. */
  peakBytes: number
  isAlive: boolean
}

export type WatchedCopy = {
  url: string
  caller: Caller
  /** Ends the look at the copy, and the copy. */
  end: () => Promise<Watched>
}

/** Starts a copy of the service as a process of its own, with what its image has of memory, and asks it for /health all the time. */
export const startWatchedCopy = async (dockerHost: string): Promise<WatchedCopy> => {
  const env = {
    DOCKER_HOST: dockerHost,
    PORT: '0',
    SWARMSPAWNER_SECRET: SECRETS.default,
    NODE_OPTIONS,
  }
  const copy = await runProgram(['serve'], /listening on http/, { env })
  const [url = ''] = /http:\/\/[\d.:]+/.exec(copy.lines.join('\n')) ?? []
  const [caller, done] = [createCaller(), new AbortController()]
  const health = slowestHealth(url, done.signal)
  return {
    url,
    caller,
    end: async () => {
      done.abort()
      const slowestHealthMs = await health
      const isAlive = await Promise.race([copy.ended.then(() => false), sleep(50, true)])
      const watched = { slowestHealthMs, peakBytes: isAlive ? peakBytes(copy) : 0, isAlive }
      copy.signal('SIGKILL')
      await copy.ended
      await caller.close()
      return watched
    },
  }
}

const slowestHealth = async (url: string, until: AbortSignal): Promise<number> => {
  let slowest = 0
  while (!until.aborted) {
    const begun = performance.now()
    const isOk = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    slowest = Math.max(slowest, isOk ? performance.now() - begun : Number.POSITIVE_INFINITY)
    await sleep(50)
  }
  return slowest
}

const peakBytes = ({ pid }: Program): number => {
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}
