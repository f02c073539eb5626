import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'
import type { ServerState } from '../state/server-state.ts'

/** Adds to the state of a server that runs that its node will be stopped. Its cursor changes with that. */
export const withMaintenance = (
  { maintenance }: Pick<Spawner, 'maintenance'>,
  state: ServerState,
  tasks: readonly Task[],
): ServerState => {
  if (state.state !== 'running') return state
  const task = tasks.find(({ ID }) => ID === state.task?.id)
  const told = maintenance.of(task?.NodeID, task?.CreatedAt)
  if (!told) return state
  return {
    ...state,
    maintenance: told,
    cursor: `${state.cursor}:maintenance:${told.at}:${told.message}`,
  }
}
