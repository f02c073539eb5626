import { isRestarted } from '../../docker/task-ends.ts'
import type { Task } from '../../docker/tasks.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import { readLabels } from '../server/labels.ts'
import type { Spawner } from '../spawner.ts'
import { adviceOn } from './advice.ts'
import { newestTask } from './newest-task.ts'
import { type ServerState, withUserMessage } from './server-state.ts'

/** 2 s: a start that goes well is over by then, and costs no call. */
const SILENT_MS = 2000
/** 3 s: a leader makes the first task of a service sooner than that, also under load. */
const FIRST_TASK_MS = 3000

/** An end that Swarm keeps no task of. */
export type EarlierEnd = { reason: string; status: number; atMs: number }

export const UNRECORDED =
  'An earlier task of this server has ended, and the swarm has kept no record of it'

/**
 * The ends of earlier tasks that the swarm has forgotten: with a task history limit of 0 or 1, the list of tasks has only
 * the newest. The Engine's events tell of those on its own node. Elsewhere a task that is much newer than its service
 * follows one that has ended. Asks nothing about a server that Swarm does not start again, or that has just begun.
 */
export const earlierEnds = async (
  { now, servicePast }: Pick<Spawner, 'now' | 'servicePast'>,
  state: ServerState,
  tasks: readonly Task[],
  signal: AbortSignal = new AbortController().signal,
): Promise<EarlierEnd[]> => {
  const task = newestTask(tasks)
  if (state.state !== 'starting' || !task?.ServiceID || !mayBeNext(task)) return []
  const issuedAt = readLabels(task.Spec.ContainerSpec?.Labels)?.issuedAt ?? 0
  if (now() - issuedAt < SILENT_MS) return []
  const changedAt = await unlessAborted(servicePast.changedAt(task.ServiceID), signal)
  if (changedAt === undefined || !(Date.parse(task.CreatedAt) > Date.parse(changedAt))) return []
  const seen = new Set(tasks.map(({ Status }) => Status.ContainerStatus?.ContainerID))
  const ends = await unlessAborted(
    servicePast.ends(task.ServiceID, changedAt, task.CreatedAt),
    signal,
  )
  const forgotten = ends.filter(({ id }) => !seen.has(id))
  if (forgotten.length > 0 || ends.length > 0 || tasks.length > 1)
    return forgotten.map(({ exitCode, atMs }) => ({
      reason: exitCode === 0 ? 'task complete' : `task: non-zero exit (${exitCode})`,
      status: exitCode || 1,
      atMs,
    }))
  const isLate = Date.parse(task.CreatedAt) - Date.parse(changedAt) > FIRST_TASK_MS
  return isLate ? [{ reason: UNRECORDED, status: 1, atMs: Date.parse(task.CreatedAt) }] : []
}

/** Returns whether Swarm may have made a task to replace one that ended by itself. */
const mayBeNext = ({ Spec }: Task): boolean => isRestarted('failed', Spec.RestartPolicy?.Condition)

/** Adds the last of the earlier ends to a state that has no reason, and all of them to its progress. */
export const withEarlierEnds = (state: ServerState, ends: readonly EarlierEnd[]): ServerState => {
  const last = ends.at(-1)
  if (!last) return state
  const events = ends.map(({ reason, atMs }) => ({
    seq: `${state.service_id}:end:${Math.round(atMs)}`,
    time: new Date(atMs).toISOString(),
    progress: 100,
    message: reason === UNRECORDED ? reason : `Failed: ${reason}`,
  }))
  const reason = state.reason ?? last.reason
  return withUserMessage({
    ...state,
    reason,
    advice: state.advice ?? adviceOn(reason),
    events: [...state.events, ...events].toSorted(
      (a, b) => Date.parse(a.time) - Date.parse(b.time),
    ),
    cursor: `${state.cursor}:after-${ends.length}`,
  })
}
