import type { Service } from '../../docker/services.ts'
import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'
import { readReason } from './advice.ts'
import { containerOf } from './container-of.ts'
import type { ServerState } from './server-state.ts'
import { sentenceOn } from './user-message.ts'

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
  if (!container.State.OOMKilled) return withoutMemory(state)
  const limit = service.Spec.TaskTemplate.Resources?.Limits?.MemoryBytes
  const allowed = limit ? `its limit of ${Math.round(limit / 2 ** 20)} MiB` : 'its node has'
  return {
    ...state,
    reason: `${state.reason}: OOMKilled`,
    advice: `It was killed for using more memory than ${allowed}: raise mem_limit, or look at what it does`,
    user_message: sentenceOn('out_of_memory'),
  }
}

/** The words of a kill name memory as its likely cause. A drained node or a health check has words of its own. */
const withoutMemory = (state: ServerState): ServerState =>
  state.reason !== null && readReason(state.reason).kind === 'maybe_out_of_memory'
    ? { ...state, advice: NOT_ITS_MEMORY, user_message: sentenceOn('killed') }
    : state

const NOT_ITS_MEMORY =
  'It was killed, but not for its memory limit: by docker kill, or because its node ran out of memory'

/** The exit code after SIGKILL: 128 + 9. */
const KILLED = 137
