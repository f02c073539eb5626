import { keepImagesDue } from '../src/spawner/images/keep-due.ts'
import { sleep } from '../src/spawner/sleep.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { problemOf } from './errors.ts'
import type { Log } from './every-call/log.ts'

/** What a scheduled look at the images that are due needs. */
export type PullDueDeps = {
  spawner: Spawner
  /** The hubs whose images are looked at. */
  hubs: readonly string[]
  log: Log
  signal: AbortSignal
}

/** 1 minute: when the whole stack starts, its nodes and its registry need a moment. */
const FIRST_AFTER_MS = 60_000

/** Looks at the images that are due every `everyMs` until the signal aborts. Several copies may do so at once. */
export const pullDueRepeatedly = async (deps: PullDueDeps, everyMs: number): Promise<void> => {
  await sleep(Math.min(everyMs, FIRST_AFTER_MS), deps.signal)
  while (!deps.signal.aborted) {
    await pullDue(deps)
    await sleep(everyMs, deps.signal)
  }
}

/**
 * Looks once at the images that are due, and has those downloaded that a node lacks. Logs one line for each change, and one for
 * all if there are any. Never throws: an Engine that cannot be asked now is asked the next time.
 */
export const pullDue = async ({ spawner, hubs, log, signal }: PullDueDeps): Promise<void> => {
  const counts = { kept: 0, ahead: 0, removed: 0, failed: 0 }
  try {
    for await (const kept of keepImagesDue(spawner, { hubs, signal })) {
      counts[kept.outcome] += 1
      if ('detail' in kept) log({ level: 'warn', message: 'pull: due image', ...kept })
      else if (kept.outcome === 'ahead') log({ level: 'info', ...MESSAGE, ...lineOf(kept.report) })
    }
    if (Object.values(counts).some((count) => count > 0))
      log({ level: 'info', message: 'pull', ...counts })
  } catch (error) {
    if (signal.aborted) return
    const { code, detail } = problemOf(error)
    log({ level: 'error', message: 'pull failed', code, detail })
  }
}

const MESSAGE = { message: 'pull: due image', outcome: 'ahead' }

const lineOf = ({
  hub,
  image,
  digest,
  nodes,
}: {
  hub: string
  image: string
  digest: string | null
  nodes: readonly { state: string; node: string }[]
}) => ({
  hub,
  image,
  digest,
  nodes: nodes.filter(({ state }) => state !== 'there').map(({ node }) => node),
})
