import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Program, runProgram } from '../../../lab/load/program.ts'
import { projectRoot } from '../../../lab/project-root.ts'
import { SECRETS } from '../test-hub.ts'
import { type Caller, createCaller } from './caller.ts'

/** As in the image. It starts in a third of the time that the sources need. */
const BUILT = join(projectRoot, 'dist/cli.js')
/** The memory that the service's image gives to V8. */
const NODE_OPTIONS = '--max-old-space-size=512 --max-semi-space-size=8'

/** The state of a copy while somebody attacked it. */
export type Watched = {
  /** The longest time of /health, in milliseconds. Infinite if it once did not answer. */
  slowestHealthMs: number
  /** The largest memory that the process ever had, in bytes. */
  peakBytes: number
  isAlive: boolean
}

export type WatchedCopy = {
  url: string
  caller: Caller
  /** Ends the watch and the copy. */
  end: () => Promise<Watched>
}

/**
 * Starts a copy of the service in its own process, with the memory limits of its image, and asks it for /health
 * all the time.
 */
export const startWatchedCopy = async (dockerHost: string): Promise<WatchedCopy> => {
  const env = {
    DOCKER_HOST: dockerHost,
    PORT: '0',
    SWARMSPAWNER_SECRET: SECRETS.default,
    NODE_OPTIONS,
  }
  const copy = await runProgram(['serve'], /listening on http/, { env, main: BUILT })
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
    await sleep(100)
  }
  return slowest
}

const peakBytes = ({ pid }: Program): number => {
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}
