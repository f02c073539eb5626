import { isDockerError } from '../docker/errors.ts'
import { findService, type Service } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { type Act, actOf } from './audit.ts'
import { readLabels, type ServerLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import { logTail } from './state/log-tail.ts'
import { newestTask } from './state/newest-task.ts'
import { withOutOfMemory } from './state/out-of-memory.ts'
import type { ServerState } from './state/server-state.ts'
import { removeTold } from './told-changes.ts'

/**
 * Removes the service of a server that has ended, by its id, so that a newer service of that name is safe. Adds to the state
 * what can only be asked while the service is there: its last log lines, and whether its memory was too small. With
 * `isKept` the service stays.
 */
export const reap = async (
  spawner: Spawner,
  state: ServerState,
  tasks: readonly Task[],
  { isKept = false }: { isKept?: boolean | undefined } = {},
): Promise<ServerState> => {
  if (!state.service_id) return state
  const service = await findToExplain(spawner, state.service_id)
  if (!service) return state
  const remove = async (id: string): Promise<void> => {
    const act = endOf(state, { labels: labelsOf(service, tasks), image: imageOf(tasks) })
    if (!isKept) await removeTold(spawner, { id, act })
  }
  if (service === 'too large') {
    await remove(state.service_id)
    return state
  }
  const task = tasks.find(({ ID }) => ID === state.task?.id)
  try {
    const explained = await withOutOfMemory(spawner, state, { service, task })
    const log = tasks.some(hasRun) ? await logTail(spawner, service) : []
    return log.length > 0 ? { ...explained, log } : explained
  } finally {
    // Also after an error: a service that stays would be explained again at each poll.
    await remove(service.ID)
  }
}

const labelsOf = (service: Service | 'too large', tasks: readonly Task[]) =>
  readLabels(service === 'too large' ? tasks[0]?.Spec.ContainerSpec?.Labels : service.Spec.Labels)

/** A task has the image with its digest. */
const imageOf = (tasks: readonly Task[]): string | undefined =>
  newestTask(tasks)?.Spec.ContainerSpec?.Image

const endOf = (
  { state, status, reason, task, service_name }: ServerState,
  { labels, image }: { labels: ServerLabels | undefined; image: string | undefined },
): Act => ({
  act: 'end',
  by: 'service',
  hub: '',
  service: service_name,
  ...(labels && actOf(labels)),
  image,
  node: task?.node,
  outcome: `${state} (${status})`,
  reason,
})

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
