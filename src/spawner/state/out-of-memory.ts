import type { Service } from '../../docker/services.ts'
import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'
import { containerOf } from './container-of.ts'
import type { ServerState } from './server-state.ts'

/**
 * Adds to the state of a killed server whether it had used up its memory. Only its container knows that, and
 * only if it is on the node of the Engine that we ask. Otherwise the state's own advice names memory as the
 * likely cause.
 */
export const withOutOfMemory = async (
  spawner: Pick<Spawner, 'docker'>,
  state: ServerState,
  { service, task }: { service: Service; task: Task | undefined },
): Promise<ServerState> => {
  if (task?.Status.ContainerStatus?.ExitCode !== KILLED) return state
  const container = await containerOf(spawner, task)
  if (!container) return state
  if (!container.State.OOMKilled) return { ...state, advice: NOT_ITS_MEMORY }
  const limit = service.Spec.TaskTemplate.Resources?.Limits?.MemoryBytes
  const allowed = limit ? `its limit of ${Math.round(limit / 2 ** 20)} MiB` : 'its node has'
  return {
    ...state,
    reason: `${state.reason}: OOMKilled`,
    advice: `It was killed for using more memory than ${allowed}: raise mem_limit, or look at what it does`,
  }
}

const NOT_ITS_MEMORY =
  'It was killed, but not for its memory limit: by docker kill, or because its node ran out of memory'

/** The exit code after SIGKILL: 128 + 9. */
const KILLED = 137
