import { type Container, findContainer } from '../../docker/containers.ts'
import { isDockerError } from '../../docker/errors.ts'
import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'

/** How long the question may take. It is asked in passing, and nobody should wait for it. */
const TIMEOUT_MS = 1000

/**
 * The container of a task, which knows more of its end than the task does, and sooner; undefined where it is on another
 * node than the Engine's that we ask, or where that shows us none.
 */
export const containerOf = async (
  { docker }: Pick<Spawner, 'docker'>,
  task: Task | undefined,
  signal?: AbortSignal,
): Promise<Container | undefined> => {
  const id = task?.Status.ContainerStatus?.ContainerID
  if (!id) return undefined
  try {
    return await findContainer(docker, { id, signal, timeoutMs: TIMEOUT_MS })
  } catch (error) {
    if (isDockerError(error)) return undefined
    throw error
  }
}
