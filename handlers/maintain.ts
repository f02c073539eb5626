import { drainDue } from '../src/spawner/maintenance/drain-due.ts'
import { sleep } from '../src/spawner/sleep.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { problemOf } from './errors.ts'
import type { Log } from './every-call/log.ts'

/** What a scheduled look at the nodes needs. */
export type MaintainDeps = { spawner: Spawner; log: Log; signal: AbortSignal }

/** 1 minute: people read `--at 18:00` on a clock without seconds. */
const EVERY_MS = 60_000

/** Looks at the nodes each minute until the signal aborts. Several copies may do so at once. */
export const maintainRepeatedly = async (deps: MaintainDeps): Promise<void> => {
  await sleep(EVERY_MS, deps.signal)
  while (!deps.signal.aborted) {
    await maintain(deps)
    await sleep(EVERY_MS, deps.signal)
  }
}

/**
 * Looks once at the nodes, and drains those whose maintenance is due. Logs a line for each. Never throws: an Engine that cannot be
 * asked now is asked the next time, and the service says elsewhere that it is away.
 */
export const maintain = async ({ spawner, log, signal }: MaintainDeps): Promise<void> => {
  try {
    for await (const drained of drainDue(spawner, signal)) {
      const level = drained.outcome === 'failed' ? 'error' : 'info'
      const { message: reason, ...told } = drained
      log({ level, message: 'maintenance', ...told, reason })
    }
  } catch (error) {
    if (signal.aborted) return
    const { code, detail } = problemOf(error)
    log({ level: 'error', message: 'maintenance failed', code, detail })
  }
}
