import * as v from 'valibot'
import type { Task } from '../docker/tasks.ts'
import { type NodeName, ServerEvent, taskEvents } from './events.ts'
import { readLabels, type ServerLabels } from './labels.ts'
import { newestTask } from './newest-task.ts'

/** What became of a server; the wire's answer to start, poll and stop. */
export const ServerState = v.object({
  state: v.picklist(['absent', 'starting', 'running', 'exited', 'failed', 'stopping']),
  /** What JupyterHub's poll returns: null while there is something to stop, else an exit code. */
  status: v.nullable(v.number()),
  service_name: v.string(),
  service_id: v.nullable(v.string()),
  /** Where the hub and its proxy reach the server, once it runs. */
  url: v.nullable(v.string()),
  spawn_id: v.nullable(v.string()),
  /** The Engine's own words, plain text. */
  reason: v.nullable(v.string()),
  task: v.nullable(v.object({ id: v.string(), state: v.string(), node: v.nullable(v.string()) })),
  events: v.array(ServerEvent),
  /** Changes with the state; give it back to wait for the next change. */
  cursor: v.string(),
  /** The last lines that a server wrote which has ended. */
  log: v.optional(v.array(v.string())),
})
export type ServerState = v.InferOutput<typeof ServerState>

const nodeId: NodeName = (id) => id

/** The state of a server that has no service. */
export const absent = (serviceName: string, reason: string | null = null): ServerState => ({
  state: 'absent',
  status: 0,
  service_name: serviceName,
  service_id: null,
  url: null,
  spawn_id: null,
  reason,
  task: null,
  events: [],
  cursor: 'absent',
})

/** The state of a service whose first task Swarm has not made yet, or that was scaled to none. */
export const taskless = (
  serviceName: string,
  service: { id: string; spawnId: string | null; replicas?: number | undefined },
): ServerState => ({
  ...absent(serviceName),
  state: 'starting',
  status: null,
  service_id: service.id,
  spawn_id: service.spawnId,
  reason: service.replicas === 0 ? 'The service is scaled to 0 replicas' : null,
  cursor: `${service.id}:new`,
})

/**
 * Judges a server by the tasks of its service: by the newest one and what Swarm wants of it. Tasks of a former
 * service under the same name are passed over as long as a newer service has one; none at all is `absent`.
 */
export const serverState = (
  serviceName: string,
  tasks: readonly Task[],
  nodeName: NodeName = nodeId,
): ServerState => {
  const newest = newestTask(tasks)
  if (!newest) return absent(serviceName)
  const own = tasks.filter((task) => task.ServiceID === newest.ServiceID)
  const labels = readLabels(newest.Spec.ContainerSpec?.Labels)
  const { state, status } = judge(newest)
  return {
    state,
    status,
    service_name: serviceName,
    service_id: newest.ServiceID ?? null,
    url: state === 'running' ? urlOf(serviceName, labels) : null,
    spawn_id: labels?.spawnId ?? null,
    reason: reasonOf(newest, own),
    task: {
      id: newest.ID,
      state: newest.Status.State,
      node: newest.NodeID ? nodeName(newest.NodeID) : null,
    },
    events: taskEvents(own, nodeName),
    cursor: `${newest.ID}:${newest.Status.State}:${newest.DesiredState}:${newest.Status.Timestamp}`,
  }
}

type Verdict = Pick<ServerState, 'state' | 'status'>

const judge = (task: Task): Verdict => {
  const { State } = task.Status
  if (task.DesiredState === 'remove') return { state: 'stopping', status: null }
  if (State === 'running')
    // A task that Swarm wants stopped and has no successor is on its way out: drained, scaled to 0.
    return task.DesiredState === 'running'
      ? { state: 'running', status: null }
      : { state: 'stopping', status: null }
  if (!hasEnded(State)) return { state: 'starting', status: null }
  if (isRestarted(task)) return { state: 'starting', status: null }
  return State === 'complete'
    ? { state: 'exited', status: 0 }
    : { state: 'failed', status: exitCode(task) }
}

const ENDED: ReadonlySet<string> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
])

const hasEnded = (state: string): boolean => ENDED.has(state)

/**
 * Swarm sets an ended task's desired state to shutdown and makes its successor in one step, so that only the
 * moment before that shows an ended newest task which is still wanted.
 */
const isRestarted = (task: Task): boolean => {
  const { Condition = 'any' } = task.Spec.RestartPolicy ?? {}
  if (task.DesiredState !== 'running' && task.DesiredState !== 'ready') return false
  return Condition === 'any' || (Condition === 'on-failure' && task.Status.State !== 'complete')
}

/** A task that was rejected, or whose node was lost, never had an exit code. */
const exitCode = (task: Task): number => task.Status.ContainerStatus?.ExitCode || 1

const reasonOf = (newest: Task, own: readonly Task[]): string | null => {
  const { Err, State, Message } = newest.Status
  if (Err) return Err
  if (hasEnded(State))
    return State === 'complete' ? null : `task ${State}${Message ? `: ${Message}` : ''}`
  if (State === 'running') return null
  // A replacement waits: what ended its predecessor is what people want to know.
  const failures = own.filter((task) => task !== newest && task.Status.Err)
  return newestTask(failures)?.Status.Err ?? null
}

const urlOf = (serviceName: string, labels: ServerLabels | undefined): string | null =>
  labels?.port ? `http://${serviceName}:${labels.port}` : null
