import type { Docker } from '../src/docker/docker.ts'
import { requireManager } from '../src/docker/require-manager.ts'
import { sleep } from '../src/spawner/sleep.ts'
import { problemOf } from './errors.ts'
import type { Log } from './every-call/log.ts'

/** 2 s between looks, and for each look as long as /ready waits. */
const PACE_MS = 2000
const TIMEOUT_MS = 5000

/**
 * Says in the log that the Engine cannot be used, once for each cause, and when it can. Returns when the Engine can be used or the signal
 * aborts. The service runs meanwhile, and each call that needs the Engine is refused.
 */
export const tellOfEngine = async ({
  docker,
  address,
  log,
  signal,
}: {
  docker: Docker
  address: string
  log: Log
  signal: AbortSignal
}): Promise<void> => {
  let told: string | undefined
  while (!signal.aborted) {
    const trouble = await troubleOf(docker, signal)
    if (signal.aborted) return
    if (!trouble) {
      if (told) log({ level: 'info', message: `The Docker Engine at ${address} can be used now` })
      return
    }
    if (told !== trouble.code) log({ level: 'warn', message: sentence(address), ...trouble })
    told = trouble.code
    await sleep(PACE_MS, signal)
  }
}

const sentence = (address: string): string =>
  `The Docker Engine at ${address} can't be used yet. Start it, or set DOCKER_HOST to another one. The service goes on and asks again`

const troubleOf = async (docker: Docker, signal: AbortSignal) => {
  try {
    await requireManager(docker, { signal, timeoutMs: TIMEOUT_MS })
    return undefined
  } catch (error) {
    const { code, detail } = problemOf(error)
    return { code, detail }
  }
}
