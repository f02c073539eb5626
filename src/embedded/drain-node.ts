import { allocate } from './allocate.ts'
import { lastAttempt } from './life/run.ts'
import { containerGoneAt } from './life/run-stop.ts'
import { taskAt } from './life/task-at.ts'
import { createRun } from './schedule.ts'
import { forgetRuns } from './service-runs.ts'
import type { EmbeddedRun, Swarm } from './swarm.ts'

/**
 * Shuts the tasks of a node down, as Swarm does when it is drained. A task that may be restarted gets a successor on another
 * node; one with the condition `none` gets none, nor does one of a global service. Jobs go on.
 */
export const drainNode = (swarm: Swarm, nodeId: string): void => {
  const { now, speed } = swarm.clock()
  const ours = swarm.runs.filter(
    (run) => run.nodeId === nodeId && !run.stop && isWanted(swarm, run),
  )
  for (const run of ours) {
    run.stop = { at: now, desired: 'shutdown' }
    const service = swarm.services.get(run.serviceId)
    const { slot, restart } = run
    if (!service || slot === undefined || restart.condition === 'none') continue
    swarm.runs.push(createRun(swarm, service, { slot }, containerGoneAt(run, speed)))
  }
  forgetRuns(swarm)
  allocate(swarm)
}

/** Returns whether Swarm wants the newest task of a run to run: one that has ended stays as it is. */
const isWanted = (swarm: Swarm, run: EmbeddedRun): boolean => {
  const at = swarm.clock()
  const desired = taskAt(run, lastAttempt(run, at), at)?.desired
  return desired === 'running' || desired === 'ready'
}
