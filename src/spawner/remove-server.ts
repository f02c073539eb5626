import { isDockerError } from '../docker/errors.ts'
import { listNodes } from '../docker/nodes.ts'
import {
  findService,
  removeService,
  type Service,
  type ServiceSummary,
} from '../docker/services.ts'
import { hasStopped } from '../docker/task-ends.ts'
import type { Task } from '../docker/tasks.ts'
import { STARTING_PACE_MS } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { logTail } from './state/log-tail.ts'
import { withOutOfMemory } from './state/out-of-memory.ts'
import type { ServerState } from './state/server-state.ts'

/** What Swarm itself takes to stop a container, beside its grace period: a retry timer, the overlay's gossip. */
const STOP_MARGIN_MS = 10_000
const DEFAULT_GRACE_MS = 10_000

/** Swarm's time to stop a service's container, in milliseconds; a task on a lost node never goes. */
export const timeToStop = (service: ServiceSummary): number => {
  const graceNs = service.Spec.TaskTemplate.ContainerSpec?.StopGracePeriod
  return (graceNs === undefined ? DEFAULT_GRACE_MS : graceNs / 1e6) + STOP_MARGIN_MS
}

/** Says whether a task may still have a container: one that was orphaned may run on, on a node that was lost. */
export const hasContainer = ({ Status }: Task): boolean => !hasStopped(Status.State)

/** After this time it is worth a call to see whether the nodes are there that should confirm an end. */
const LOST_AFTER_MS = 5000

/**
 * Waits until no task matches any more, the time is up, `waitOver` aborts, or only lost nodes are waited for; says whether
 * all are gone.
 */
export const waitUntilGone = async (
  spawner: Spawner,
  {
    serviceName,
    isMeant,
    timeoutMs,
    signal,
    waitOver,
  }: {
    serviceName: string
    isMeant: (task: Task) => boolean
    timeoutMs: number
    signal: AbortSignal
    /** Aborted when this process is about to stop. */
    waitOver?: AbortSignal | undefined
  },
): Promise<boolean> => {
  const begun = performance.now()
  let isNodeKnown = false
  while (performance.now() - begun < timeoutMs && !waitOver?.aborted) {
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

/**
 * Removes the service of a server that has ended, by its id, so that a newer one is safe; adds what can be known of its
 * end only while it is there: its last log lines, and whether its memory was too little.
 */
export const reap = async (
  spawner: Spawner,
  state: ServerState,
  tasks: readonly Task[],
): Promise<ServerState> => {
  if (!state.service_id) return state
  const service = await findToExplain(spawner, state.service_id)
  if (service === 'too large') {
    await removeService(spawner.docker, { id: state.service_id })
    return state
  }
  if (!service) return state
  const task = tasks.find(({ ID }) => ID === state.task?.id)
  try {
    const explained = await withOutOfMemory(spawner, state, { service, task })
    const log = tasks.some(hasRun) ? await logTail(spawner, service) : []
    return log.length > 0 ? { ...explained, log } : explained
  } finally {
    // Whatever becomes of the explanation: what has ended would be explained again at each poll.
    await removeService(spawner.docker, { id: service.ID })
  }
}

/** All of a service: its environment tells what its log may not show. Without that, there is no log. */
const findToExplain = async (
  { docker }: Spawner,
  id: string,
): Promise<Service | 'too large' | undefined> => {
  try {
    return await findService(docker, { id })
  } catch (error) {
    if (isDockerError(error, 'answer_too_large')) return 'too large'
    throw error
  }
}

const hasRun = ({ Status }: Task): boolean => Boolean(Status.ContainerStatus?.ContainerID)
