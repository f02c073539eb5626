import recorded from '../../fixtures/28.5/service-inspect.updated.200.json' with { type: 'json' }
import { endOfFirst, runsAt } from './life/run.ts'
import { activeRuns } from './service-runs.ts'
import type { EmbeddedService, Swarm } from './swarm.ts'
import { swarmId } from './wire/stable-id.ts'
import { timestamp } from './wire/timestamp.ts'

const MONITOR_NS = 5e9

type UpdateStatus = { State: string; StartedAt: string; CompletedAt?: string; Message: string }

/**
 * The progress of an update, computed from its tasks. Undefined before the first update; completed when the
 * tasks have run for UpdateConfig.Monitor; paused when one failed before that.
 */
export const updateStatus = (swarm: Swarm, service: EmbeddedService): UpdateStatus | undefined => {
  const { replacedAt } = service
  if (replacedAt === undefined) return undefined
  const { now, speed } = swarm.clock()
  const runs = activeRuns(swarm, service).filter(
    ({ generation }) => generation === service.generation,
  )
  const monitorMs = (service.spec.UpdateConfig?.Monitor ?? MONITOR_NS) / 1e6 / speed
  const started = { ...recorded.response.json.UpdateStatus, StartedAt: timestamp(replacedAt) }
  const doneAt = Math.max(
    replacedAt,
    ...runs.map((run) => (runsAt(run, speed) ?? Infinity) + monitorMs),
  )
  const failed = runs.find(
    (run) => (endOfFirst(run, speed)?.at ?? Infinity) <= Math.min(now, doneAt),
  )
  if (failed && service.spec.UpdateConfig?.FailureAction !== 'continue')
    return {
      ...started,
      State: 'paused',
      Message: `update paused due to failure or early termination of task ${swarmId(`${failed.key}/0`)}`,
    }
  if (doneAt > now) return started
  return {
    ...started,
    State: 'completed',
    CompletedAt: timestamp(doneAt),
    Message: 'update completed',
  }
}
