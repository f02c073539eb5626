import { type Container, findContainer } from '../../docker/containers.ts'
import { isDockerError } from '../../docker/errors.ts'
import type { Task } from '../../docker/tasks.ts'
import type { Spawner } from '../spawner.ts'

/** 1 s: the container only adds details, so nobody should wait for it. */
const TIMEOUT_MS = 1000

/**
 * The container of a task. It knows more about its end than the task, and sooner. Undefined when it is not on
 * the node of the Engine that we ask, or when this Engine shows us no containers.
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
