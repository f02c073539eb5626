import { findService, removeService, type Service } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { logTail } from './log-tail.ts'
import type { ServerState } from './server-state.ts'
import type { Spawner } from './spawner.ts'
import { STARTING_PACE_MS } from './task-watch.ts'

/** What Swarm itself takes to stop a container, beside its grace period: a retry timer, the overlay's gossip. */
const STOP_MARGIN_MS = 10_000
const DEFAULT_GRACE_MS = 10_000

/** Swarm's time to stop a service's container, in milliseconds; a task on a lost node never goes. */
export const timeToStop = (service: Service): number => {
  const graceNs = service.Spec.TaskTemplate.ContainerSpec?.StopGracePeriod
  return (graceNs === undefined ? DEFAULT_GRACE_MS : graceNs / 1e6) + STOP_MARGIN_MS
}

/** Says whether a task may still have a container: one that was orphaned may run on, on a node that was lost. */
export const hasContainer = ({ Status }: Task): boolean =>
  !['complete', 'shutdown', 'failed', 'rejected'].includes(Status.State)

/** Waits until no task matches any more, or the time is up; says which it was. */
export const waitUntilGone = async (
  { watch }: Spawner,
  {
    serviceName,
    isMeant,
    timeoutMs,
    signal,
  }: {
    serviceName: string
    isMeant: (task: Task) => boolean
    timeoutMs: number
    signal: AbortSignal
  },
): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs
  while (performance.now() < deadline) {
    const tasks = await watch(serviceName, { paceMs: STARTING_PACE_MS, signal })
    if (!tasks.some(isMeant)) return true
  }
  return false
}

/**
 * Removes the service of a server that has ended, by its id, so that a newer one is safe; adds its last log
 * lines to the state.
 */
export const reap = async (spawner: Spawner, state: ServerState): Promise<ServerState> => {
  const service = state.service_id
    ? await findService(spawner.docker, { id: state.service_id })
    : undefined
  if (!service) return state
  const log = state.task && hasRun(state) ? await logTail(spawner, service) : []
  await removeService(spawner.docker, { id: service.ID })
  return log.length > 0 ? { ...state, log } : state
}

const hasRun = ({ task }: ServerState): boolean => task?.state !== 'rejected' && task?.node !== null
