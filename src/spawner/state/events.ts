import * as v from 'valibot'
import { hasEnded } from '../../docker/task-ends.ts'
import type { Task, TaskState } from '../../docker/tasks.ts'
import { readPullFailure } from './pull-failure.ts'
import { errOf, isPreparedInVain, isWithoutRoom } from './task-words.ts'

/** One line of a server's progress, from 0 to 100. `seq` identifies it, so that it is shown only once. */
export const ServerEvent = v.object({
  seq: v.string(),
  time: v.string(),
  progress: v.number(),
  message: v.string(),
})
export type ServerEvent = v.InferOutput<typeof ServerEvent>

/** Returns the host name of a node for people to read, or its id if the name is not known. */
export type NodeName = (nodeId: string) => string

type Wording = [progress: number, message: (node: string) => string]

const WORDING: Record<TaskState, Wording> = {
  new: [5, () => 'Service created'],
  allocated: [8, () => 'Network addresses assigned'],
  pending: [10, () => 'Waiting for a node'],
  assigned: [20, (node) => `Assigned to ${node}`],
  accepted: [25, (node) => `Accepted by ${node}`],
  preparing: [30, (node) => `Preparing on ${node}: the image is pulled if it is not there yet`],
  ready: [70, (node) => `Ready to start on ${node}`],
  starting: [80, (node) => `Starting on ${node}`],
  running: [100, (node) => `Running on ${node}`],
  complete: [100, () => 'Ended'],
  shutdown: [100, () => 'Shut down'],
  failed: [100, (node) => `Failed on ${node}`],
  rejected: [100, (node) => `Rejected by ${node}`],
  remove: [100, () => 'Being removed'],
  orphaned: [100, () => 'Its node was removed from the swarm'],
}

/** Students read it, so it has none of the Engine's words: these are the `reason`. */
const WITHOUT_ROOM = 'Waiting for room on a node'

const IN_VAIN: Wording = [30, (node) => `Preparing on ${node} failed and is tried again`]

/**
 * The progress of a service, from its tasks: when each was created, and its present state. Swarm keeps no
 * history of a task, so states between two looks are missing.
 */
export const taskEvents = (tasks: readonly Task[], nodeName: NodeName): ServerEvent[] =>
  tasks
    .flatMap((task) => [created(task), ...current(task, nodeName)])
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || a.progress - b.progress)

const created = (task: Task): ServerEvent => ({
  seq: `${task.ID}:new`,
  time: task.CreatedAt,
  progress: WORDING.new[0],
  message: WORDING.new[1](''),
})

const current = (task: Task, nodeName: NodeName): ServerEvent[] => {
  const { State, Timestamp } = task.Status
  if (State === 'new') return []
  const [progress, wording] = isPreparedInVain(task) ? IN_VAIN : WORDING[State]
  const message = wording(task.NodeID ? nodeName(task.NodeID) : 'a node')
  const err = errOf(task)
  const told = err ? `${message}: ${err}` : message
  return [
    {
      seq: `${task.ID}:${State}:${isPreparedInVain(task) ? kindOf(err) : Date.parse(Timestamp)}`,
      time: Timestamp,
      progress,
      message: isWithoutRoom(task) ? WITHOUT_ROOM : told,
    },
  ]
}

/**
 * The kind of a failure. A pull may fail with different words at each try, but people need to read each cause
 * only once.
 */
const kindOf = (err: string | undefined): string => readPullFailure(err) ?? 'failing'

/** Returns whether an event is the end of a task. Its progress is 100 then, also when the task failed. */
export const tellsEnd = (event: ServerEvent): boolean => hasEnded(taskOfEvent(event).state)

/** The id and state of the task that an event is about. */
export const taskOfEvent = ({ seq }: ServerEvent): { id: string; state: string } => {
  const [id = '', state = ''] = seq.split(':', 2)
  return { id, state }
}

/** Adds newer events to older ones. Each event occurs once. */
export const mergeEvents = (
  older: readonly ServerEvent[],
  newer: readonly ServerEvent[],
): ServerEvent[] => [...new Map([...older, ...newer].map((event) => [event.seq, event])).values()]
