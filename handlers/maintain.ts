import { isUnreachable } from '../src/docker/errors.ts'
import { drainDue } from '../src/spawner/maintenance/drain-due.ts'
import { sleep } from '../src/spawner/sleep.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { problemOf } from './errors.ts'
import type { Log } from './every-call/log.ts'

/** What a scheduled look at the nodes needs. */
export type MaintainDeps = { spawner: Spawner; log: Log; signal: AbortSignal }

/** 1 minute: people read `--at 18:00` on a clock without seconds. */
const EVERY_MS = 60_000

/**
 * Looks at the nodes now, each minute, and when the next known maintenance begins, until the signal aborts. Several copies may do so
 * at once.
 */
export const maintainRepeatedly = async (deps: MaintainDeps): Promise<void> => {
  const { maintenance, now } = deps.spawner
  // A service that starts says itself that its Engine is not there yet.
  for (let isFirst = true; !deps.signal.aborted; isFirst = false) {
    await maintain(deps, { isQuiet: isFirst })
    await sleep(Math.min(EVERY_MS, maintenance.untilNext(now())), deps.signal)
  }
}

/**
 * Looks once at the nodes, and drains those whose maintenance is due. Logs a line for each. Never throws: an Engine that cannot be
 * asked now is asked the next time, which is a line in the log unless `isQuiet`.
 */
export const maintain = async (
  { spawner, log, signal }: MaintainDeps,
  { isQuiet = false } = {},
): Promise<void> => {
  try {
    for await (const drained of drainDue(spawner, signal)) {
      const level = drained.outcome === 'failed' ? 'error' : 'info'
      const { message: reason, ...told } = drained
      log({ level, message: 'maintenance', ...told, reason })
    }
  } catch (error) {
    if (signal.aborted || (isQuiet && isUnreachable(error))) return
    const { code, detail } = problemOf(error)
    log({ level: 'error', message: 'maintenance failed', code, detail })
  }
}
