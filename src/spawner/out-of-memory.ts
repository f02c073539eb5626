import { findContainer } from '../docker/containers.ts'
import { isDockerError } from '../docker/errors.ts'
import type { Service } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import type { ServerState } from './server-state.ts'
import type { Spawner } from './spawner.ts'

/**
 * Adds to the state of a killed server that it had used up its memory. A task does not tell; its container does, where
 * it is on the node of the Engine that we ask. Elsewhere the state's own advice names memory as the likely cause.
 */
export const withOutOfMemory = async (
  { docker }: Pick<Spawner, 'docker'>,
  state: ServerState,
  { service, task }: { service: Service; task: Task | undefined },
): Promise<ServerState> => {
  const { ContainerID, ExitCode } = task?.Status.ContainerStatus ?? {}
  if (ExitCode !== KILLED || !ContainerID) return state
  const container = await findContainer(docker, { id: ContainerID }).catch(unlessRefused)
  if (!container?.State.OOMKilled) return state
  const limit = service.Spec.TaskTemplate.Resources?.Limits?.MemoryBytes
  const allowed = limit ? `its limit of ${Math.round(limit / 2 ** 20)} MiB` : 'its node has'
  return {
    ...state,
    reason: `${state.reason}: OOMKilled`,
    advice: `It was killed for using more memory than ${allowed}: raise mem_limit, or look at what it does`,
  }
}

/** 128 and SIGKILL. */
const KILLED = 137

/** An Engine behind a proxy may show no containers: that is no reason to say nothing at all. */
const unlessRefused = (error: unknown): undefined => {
  if (!isDockerError(error)) throw error
}
