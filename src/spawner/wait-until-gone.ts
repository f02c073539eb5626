import { listNodes } from '../docker/nodes.ts'
import type { ServiceSummary } from '../docker/services.ts'
import { hasStopped, STOP_MARGIN_MS } from '../docker/task-ends.ts'
import type { Task } from '../docker/tasks.ts'
import { STARTING_PACE_MS } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'

/** Docker's own default of `stop_grace_period`. */
const DEFAULT_GRACE_MS = 10_000

/** 30 s: three times Docker's default grace period. The service is already removed, so its own grace period cannot be read. */
export const LEAVING_MS = 30_000

/** How long Swarm may need to stop the container of a service, in milliseconds. A task on a lost node never ends. */
export const timeToStop = (service: ServiceSummary): number => {
  const graceNs = service.Spec.TaskTemplate.ContainerSpec?.StopGracePeriod
  return (graceNs === undefined ? DEFAULT_GRACE_MS : graceNs / 1e6) + STOP_MARGIN_MS
}

/** Says whether a task may still have a container. The container of an orphaned task may run on, on a lost node. */
export const hasContainer = ({ Status }: Task): boolean => !hasStopped(Status.State)

/** 5 s: a container that ends quickly costs no further call. After that we ask whether the nodes are lost that should confirm the end. */
const LOST_AFTER_MS = 5000

/**
 * Waits until no task of a service is meant any more, and says whether that came. Stops waiting when the time is up, when
 * `enough` aborts, or when all tasks that are left are on lost nodes.
 */
export const waitUntilGone = async (
  spawner: Spawner,
  {
    serviceName,
    isMeant,
    timeoutMs,
    signal,
    enough,
  }: {
    serviceName: string
    isMeant: (task: Task) => boolean
    timeoutMs: number
    signal: AbortSignal
    /** Aborted when this process is about to stop. */
    enough?: AbortSignal | undefined
  },
): Promise<boolean> => {
  const begun = performance.now()
  let isNodeKnown = false
  while (performance.now() - begun < timeoutMs && !enough?.aborted) {
    const tasks = await spawner.watch(serviceName, { paceMs: STARTING_PACE_MS, signal })
    const left = tasks.filter(isMeant)
    if (left.length === 0) return true
    if (isNodeKnown || performance.now() - begun < LOST_AFTER_MS) continue
    isNodeKnown = true
    if (await areOnLostNodes(spawner, left, signal)) return false
  }
  return false
}

const areOnLostNodes = async (
  { docker }: Spawner,
  tasks: readonly Task[],
  signal: AbortSignal,
): Promise<boolean> => {
  const nodes = await listNodes(docker, { signal })
  const down = new Set(nodes.filter(({ Status }) => Status.State === 'down').map(({ ID }) => ID))
  return tasks.every(({ NodeID }) => NodeID !== undefined && down.has(NodeID))
}
