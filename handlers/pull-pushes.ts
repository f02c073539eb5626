import { auditing } from '../src/spawner/audit.ts'
import { createGather, type GatherLimits } from '../src/spawner/images/gather.ts'
import { type Pushed, pullPushed } from '../src/spawner/images/pull-pushed.ts'
import type { PullReport } from '../src/spawner/images/pull-report.ts'
import type { Dependencies } from './dependencies.ts'
import { problemOf } from './errors.ts'

/** A second gathers the events of one push. Four at once leave the Engine time for starts. */
export const PUSH_LIMITS: GatherLimits = { gatherMs: 1000, maxKeys: 200, atOnce: 4 }

type Work = { hub: string; pushed: Pushed }

/** Pulls pushed images after their registries were answered: once for each image, however many events come. The log says what was done. */
export const createPullPushes = (
  { spawner: all, log, shutdown: signal }: Dependencies,
  limits: GatherLimits,
) => {
  const spawner = auditing(all, { by: 'registry' })
  const work = async ({ hub, pushed }: Work): Promise<void> => {
    const subject = { hub, image: pushed.image }
    try {
      const reports = await pullPushed(spawner, pushed, { hub, signal })
      for (const report of reports)
        log({ level: 'info', message: 'image-pushed: pulled ahead', ...subject, ...told(report) })
    } catch (error) {
      const { code, detail } = problemOf(error)
      if (signal.aborted) return
      log({ level: 'error', message: 'image-pushed: not pulled', ...subject, code, detail })
    }
  }
  const isSame = (running: Work, next: Work): boolean =>
    next.pushed.digest !== undefined && running.pushed.digest === next.pushed.digest
  const gather = createGather(work, { isSame, signal, limits })
  return (all: readonly Work[]) =>
    gather(all.map((value) => ({ key: JSON.stringify([value.hub, value.pushed.image]), value })))
}

const told = ({ digest, job, nodes, warning }: PullReport) => ({
  digest,
  job,
  nodes: nodes.length,
  ...(warning !== null && { warning }),
})
