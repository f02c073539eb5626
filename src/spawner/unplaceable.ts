import { listNodes, type Node } from '../docker/nodes.ts'
import type { ServiceSpec } from '../docker/service-spec.ts'
import type { Task } from '../docker/tasks.ts'
import { newestTask } from './newest-task.ts'
import type { Spawner } from './spawner.ts'

/** How old a task may get for which no node fits, before we believe it: nodes come up, drains end. */
const GRACE_MS = 4000

/** Says why no node will ever take the newest task, in the Engine's words; undefined while one may. */
export type Unplaceable = (
  tasks: readonly Task[],
  signal: AbortSignal,
) => Promise<string | undefined>

/**
 * Watches a task that waits for a node. What no node offers, such as a label, fails after a grace period; what
 * a busy node could offer later, such as memory, is waited for.
 */
export const watchPlacement = (spawner: Spawner, spec: ServiceSpec): Unplaceable => {
  let mayFitLater: boolean | undefined
  return async (tasks, signal) => {
    const task = newestTask(tasks)
    const { State, Err = '' } = task?.Status ?? {}
    if (!task || State !== 'pending' || !Err.startsWith('no suitable node')) return undefined
    // By the task's age, not by how long we have watched: callers come and go.
    if (spawner.now() - Date.parse(task.CreatedAt) < GRACE_MS) return undefined
    mayFitLater ??= isBusyOnly(Err) && (await fitsWhenIdle(spawner, spec, signal))
    return mayFitLater ? undefined : Err
  }
}

/** The Engine's reasons that pass when other servers stop. */
const isBusyOnly = (err: string): boolean =>
  !/scheduling constraints|unsupported platform|missing plugin/.test(err)

const fitsWhenIdle = async ({ docker }: Spawner, spec: ServiceSpec, signal: AbortSignal) =>
  (await listNodes(docker, { signal })).some((node) => couldFit(node, spec))

/** Says whether a node that does nothing else has what the spec reserves. */
export const couldFit = ({ Description, Spec, Status }: Node, spec: ServiceSpec): boolean => {
  const { NanoCPUs = 0, MemoryBytes = 0 } = spec.TaskTemplate.Resources?.Reservations ?? {}
  const has = Description.Resources
  return (
    Spec.Availability === 'active' &&
    Status.State === 'ready' &&
    NanoCPUs <= (has?.NanoCPUs ?? 0) &&
    MemoryBytes <= (has?.MemoryBytes ?? 0)
  )
}
