import { isDockerError } from '../docker/errors.ts'
import { findService, removeService, type Service } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import type { Spawner } from './spawner.ts'
import { logTail } from './state/log-tail.ts'
import { withOutOfMemory } from './state/out-of-memory.ts'
import type { ServerState } from './state/server-state.ts'

/**
 * Removes the service of a server that has ended, by its id, so that a newer service of that name is safe. Adds to the state
 * what can only be asked while the service is there: its last log lines, and whether its memory was too small.
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
    // Also after an error: a service that stays would be explained again at each poll.
    await removeService(spawner.docker, { id: service.ID })
  }
}

/** The whole service: its environment names the secrets that its log must not show. Without the environment there is no log. */
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
