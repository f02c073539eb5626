import { sleep } from '../sleep.ts'
import type { Spawner } from '../spawner.ts'
import { listPullJobs, reportOn } from './pull-ahead.ts'
import type { PullReport } from './pull-report.ts'

/** 500 ms: a person who watches sees a change at once, and downloads take seconds. */
const PACE_MS = 500

/** Returns whether nothing more is expected on any node: each has the image, has failed, or is gone. */
export const isSettled = ({ nodes }: PullReport): boolean =>
  nodes.every(({ state }) => state !== 'waiting' && state !== 'downloading')

/**
 * Yields what the Swarm says of some images of a hub, at once and after each look, until all are settled, `timeoutMs` is over or
 * `enough` aborts. An image that somebody removes in between is left out.
 */
export async function* watchPulls(
  spawner: Spawner,
  {
    hub,
    jobs,
    timeoutMs,
    signal,
    enough,
  }: {
    hub: string
    /** Their names. */
    jobs: readonly string[]
    timeoutMs: number
    signal: AbortSignal
    enough?: AbortSignal | undefined
  },
): AsyncGenerator<PullReport[]> {
  const names = new Set(jobs)
  const begun = performance.now()
  const leftMs = () => timeoutMs - (performance.now() - begun)
  const waiting = enough ? AbortSignal.any([signal, enough]) : signal
  while (true) {
    const listed = await listPullJobs(spawner, { hub, signal })
    const meant = listed.filter(({ job }) => names.has(job.Spec.Name))
    const reports = await reportOn(spawner, meant, signal)
    yield reports
    if (reports.every(isSettled) || leftMs() <= 0) return
    await sleep(Math.min(PACE_MS, leftMs()), waiting)
    signal.throwIfAborted()
    if (enough?.aborted) return
  }
}
