import * as v from 'valibot'
import { hasEnded, isRestarted } from '../../docker/task-ends.ts'
import type { Task } from '../../docker/tasks.ts'
import { UpdateAvailable } from '../images/update-available.ts'
import { Maintenance } from '../maintenance/maintenance.ts'
import { endsAt } from '../server/ends-at.ts'
import { readLabels } from '../server/labels.ts'
import { serverUrl } from '../server/server-host.ts'
import { adviceOn } from './advice.ts'
import { type NodeName, ServerEvent, taskEvents } from './events.ts'
import { isOlder, newestTask } from './newest-task.ts'
import { errOf } from './task-words.ts'
import { timeoutMessage, userMessage } from './user-message.ts'
import { waitedFor } from './waited-for.ts'

/** The state of a server: the answer to start, poll and stop. */
export const ServerState = v.object({
  state: v.picklist(['absent', 'starting', 'running', 'exited', 'failed', 'stopping']),
  /** The value for JupyterHub's poll: null while there is something to stop, otherwise an exit code. */
  status: v.nullable(v.number()),
  service_name: v.string(),
  service_id: v.nullable(v.string()),
  /** The address of the server for the hub and its proxy, once it runs. */
  url: v.nullable(v.string()),
  spawn_id: v.nullable(v.string()),
  /** The Engine's own words, plain text. */
  reason: v.nullable(v.string()),
  /** What an admin can do about the reason, if we know. */
  advice: v.nullable(v.string()),
  /** A sentence for the user of every state that is not plainly fine. It says whose turn it is. */
  user_message: v.optional(v.string()),
  /** The sentence for the user if the start is given up now. Only a server that starts has it. */
  timeout_message: v.optional(v.string()),
  task: v.nullable(v.object({ id: v.string(), state: v.string(), node: v.nullable(v.string()) })),
  events: v.array(ServerEvent),
  /** When the time of the server is over, in ISO 8601, if it has a `max_runtime`. */
  ends_at: v.optional(v.string()),
  /** Its node will be stopped. Only a server that runs has it. */
  maintenance: v.optional(Maintenance),
  /** A newer image of its tag is known than the one that it runs. */
  update_available: v.optional(UpdateAvailable),
  /** A text that changes with the state. Send it back to wait for the next change. */
  cursor: v.string(),
  /** The last lines that a server wrote before it ended. */
  log: v.optional(v.array(v.string())),
})
export type ServerState = v.InferOutput<typeof ServerState>

const nodeId: NodeName = (id) => id

/** Adds the user's sentences to a state, or takes them away from one that needs none. */
export const withUserMessage = ({
  user_message: _,
  timeout_message: __,
  ...state
}: ServerState): ServerState => {
  const told = userMessage(state)
  return {
    ...state,
    ...(told !== undefined && { user_message: told }),
    ...(state.state === 'starting' && { timeout_message: timeoutMessage(waitedFor(state)) }),
  }
}

/** The state of a server that has no service. */
export const absent = (serviceName: string, reason: string | null = null): ServerState =>
  withUserMessage({
    state: 'absent',
    status: 0,
    service_name: serviceName,
    service_id: null,
    url: null,
    spawn_id: null,
    reason,
    advice: null,
    task: null,
    events: [],
    cursor: 'absent',
  })

/**
 * The state of a server when the Engine's answer about it cannot be read. It may run, so it may have to be
 * stopped.
 */
export const unreadable = (
  serviceName: string,
  { reason, ...service }: { reason: string; id: string | null; spawnId: string | null },
): ServerState =>
  withUserMessage({
    ...absent(serviceName, `The state of ${serviceName} is not known: ${reason}`),
    state: 'starting',
    status: null,
    service_id: service.id,
    spawn_id: service.spawnId,
    advice: `See docker service ps ${serviceName} and docker service inspect ${serviceName}. The server can still be stopped`,
    cursor: 'unreadable',
  })

type KnownService = { id: string; spawnId: string | null }

/** The state of a service whose first task Swarm has not made yet. */
export const taskless = (serviceName: string, service: KnownService): ServerState =>
  withUserMessage({
    ...absent(serviceName),
    state: 'starting',
    status: null,
    service_id: service.id,
    spawn_id: service.spawnId,
    cursor: `${service.id}:new`,
  })

/** The state of a service that has no task because somebody scaled it to 0. We never do that. */
export const scaledToNone = (serviceName: string, service: KnownService): ServerState =>
  withUserMessage({
    ...taskless(serviceName, service),
    state: 'exited',
    status: 0,
    reason: 'The service was scaled to 0 replicas, not by the hub',
    cursor: `${service.id}:none`,
  })

/**
 * The state of a server, from the tasks of its service. A task that runs and is wanted decides. If there is
 * none, the newest task and its desired state decide. Tasks of a former service with the same name are ignored
 * once a newer service has a task. Without any task the server is `absent`.
 */
export const serverState = (
  serviceName: string,
  tasks: readonly Task[],
  nodeName: NodeName = nodeId,
): ServerState => {
  const newest = newestTask(tasks)
  if (!newest) return absent(serviceName)
  const own = tasks.filter((task) => task.ServiceID === newest.ServiceID)
  const task = newestTask(own.filter(isWanted)) ?? newest
  const former = newestTask(
    own.filter((other) => isOlder(other, task) || failedBeside(other, task)),
  )
  const labels = readLabels(task.Spec.ContainerSpec?.Labels)
  const ends = labels && endsAt(labels)
  const { state, status } = outcomeOf(task)
  const reason = reasonOf(task, former)
  return withUserMessage({
    state,
    status,
    service_name: serviceName,
    service_id: newest.ServiceID ?? null,
    url: state === 'running' ? urlOf(serviceName, task) : null,
    spawn_id: labels?.spawnId ?? null,
    reason,
    advice: changeOf(task, former) ?? adviceOn(reason),
    task: {
      id: task.ID,
      state: task.Status.State,
      node: task.NodeID ? nodeName(task.NodeID) : null,
    },
    events: taskEvents(own, nodeName),
    ...(ends !== undefined && { ends_at: new Date(ends).toISOString() }),
    cursor: `${task.ID}:${task.Status.State}:${task.DesiredState}:${task.Status.Timestamp}`,
  })
}

/**
 * Returns whether a task runs and is wanted. The newest task may be another one, after an update that starts
 * the new task first, or with a second replica.
 */
const isWanted = ({ DesiredState, Status }: Task): boolean =>
  Status.State === 'running' && DesiredState === 'running'

/** Returns whether the other task failed, for example in an update that left this task in place. */
const failedBeside = (other: Task, task: Task): boolean =>
  other !== task && Boolean(other.Status.Err)

type Outcome = Pick<ServerState, 'state' | 'status'>

const outcomeOf = (task: Task): Outcome => {
  const { State } = task.Status
  if (task.DesiredState === 'remove') return { state: 'stopping', status: null }
  // Swarm wants the task stopped and has created no successor: its node was drained or is lost.
  if (!hasEnded(State) && task.DesiredState === 'shutdown')
    return { state: 'stopping', status: null }
  if (State === 'running') return { state: 'running', status: null }
  if (!hasEnded(State)) return { state: 'starting', status: null }
  if (isStartedAgain(task)) return { state: 'starting', status: null }
  return State === 'complete'
    ? { state: 'exited', status: 0 }
    : { state: 'failed', status: exitCode(task) }
}

/**
 * Returns whether Swarm will start an ended task again. In one step, Swarm sets the task's desired state to
 * shutdown and creates its successor. Only before that step is the newest task ended and still wanted.
 */
const isStartedAgain = ({ DesiredState, Spec, Status }: Task): boolean =>
  (DesiredState === 'running' || DesiredState === 'ready') &&
  isRestarted(Status.State, Spec.RestartPolicy?.Condition)

/**
 * The exit code of a task that has ended. It is 1 if the task never had one, because it was rejected or its
 * node was lost.
 */
export const exitCode = (task: Task): number => task.Status.ContainerStatus?.ExitCode || 1

const reasonOf = (task: Task, former: Task | undefined): string | null => {
  const { State, Message } = task.Status
  const err = errOf(task)
  if (err !== undefined) return err
  if (hasEnded(State))
    return State === 'complete' ? null : `task ${State}${Message ? `: ${Message}` : ''}`
  // This task replaced a former one, and people want to know why that one ended.
  if (!former) return null
  return former.Status.Err || `the former task: ${former.Status.State}`
}

/** What an operator changed, if the task replaced one that Swarm had shut down. */
const changeOf = (task: Task, former: Task | undefined): string | null => {
  if (!former || former.Status.Err || !isOlder(former, task)) return null
  const [from, to] = [former, task].map(({ Spec }) => Spec.ContainerSpec?.Image)
  return from === to
    ? 'Its service was updated or its node drained, not by the hub'
    : `The image of its service was changed from ${from} to ${to}, not by the hub`
}

const urlOf = (serviceName: string, { Spec }: Task): string | null => {
  const port = readLabels(Spec.ContainerSpec?.Labels)?.port
  return port ? serverUrl({ serviceName, port }, Spec.Networks) : null
}
