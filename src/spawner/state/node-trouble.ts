import { findNode } from '../../docker/nodes.ts'
import { hasEndedByItself } from '../../docker/task-ends.ts'
import type { Task } from '../../docker/tasks.ts'
import { maintenanceOf } from '../maintenance/maintenance.ts'
import { stoppedFor } from '../maintenance/maintenance-words.ts'
import type { Spawner } from '../spawner.ts'
import { adviceOn } from './advice.ts'
import { type ServerState, withUserMessage } from './server-state.ts'

/**
 * Adds the trouble of a task's node, if Swarm wants the task shut down and creates no other. A drained node
 * stops the task. On a node that is down nobody can confirm the task's end, but Swarm has given it up. All
 * other states stay as they are.
 */
export const withNodeTrouble = async (
  { docker }: Pick<Spawner, 'docker'>,
  state: ServerState,
  task: Task | undefined,
  signal?: AbortSignal,
): Promise<ServerState> => {
  if (!task?.NodeID || !isGivenUp(task)) return state
  const node = await findNode(docker, { id: task.NodeID, signal })
  const name = `Node ${node?.Description.Hostname || task.NodeID}`
  if (!node) return lost(state, `${name} was removed from the swarm`)
  if (node.Status.State === 'down')
    return lost(state, `${name} is down${node.Status.Message ? `: ${node.Status.Message}` : ''}`)
  if (node.Spec.Availability !== 'drain') return state
  const maintenance = maintenanceOf(node)
  const reason = maintenance
    ? stoppedFor(node.Description.Hostname || node.ID, maintenance)
    : `${name} was drained`
  return withUserMessage({ ...state, reason, advice: null })
}

/** Returns whether Swarm shuts the task down, and it did not end by itself. */
const isGivenUp = ({ DesiredState, Status }: Task): boolean =>
  DesiredState === 'shutdown' && !hasEndedByItself(Status.State)

const lost = (state: ServerState, reason: string): ServerState =>
  withUserMessage({
    ...state,
    state: 'failed',
    status: state.status ?? 1,
    url: null,
    reason,
    advice: adviceOn(reason),
    cursor: `${state.cursor}:lost`,
  })
