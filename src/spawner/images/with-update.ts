import type { Task } from '../../docker/tasks.ts'
import { readLabels } from '../server/labels.ts'
import type { Spawner } from '../spawner.ts'
import type { ServerState } from '../state/server-state.ts'
import { updateAvailable } from './update-available.ts'

/** Adds to the state of a server that a newer image of its tag is known. Of a server that has ended nothing is told. */
export const withUpdate = (
  { digests }: Pick<Spawner, 'digests'>,
  state: ServerState,
  tasks: readonly Task[],
): ServerState => {
  if (state.state !== 'running') return state
  const container = tasks.find(({ ID }) => ID === state.task?.id)?.Spec.ContainerSpec
  const update = updateAvailable(digests, readLabels(container?.Labels), container?.Image)
  return update ? { ...state, update_available: update } : state
}
