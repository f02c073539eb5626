import type { Docker } from '../../docker/docker.ts'
import type { DockerError } from '../../docker/errors.ts'
import { type Task, tasksOfServices } from '../../docker/tasks.ts'
import { isOurLabel, readLabels } from './labels.ts'

/**
 * The time between looks while a server starts. Swarm's managers store what nodes report every 100 ms, so a
 * shorter time shows nothing sooner.
 */
export const STARTING_PACE_MS = 100

/**
 * Looks at the tasks of one service, at least `paceMs` after the last look. Throws what `tasksByService`
 * throws, or the error that hides only this service.
 */
export type TaskWatch = (
  serviceName: string,
  options: { paceMs: number; signal: AbortSignal },
) => Promise<Task[]>

type Waiter = {
  serviceName: string
  dueAt: number
  resolve: (tasks: Task[]) => void
  reject: (error: unknown) => void
}

/** Makes a TaskWatch. All callers that wait share one request. */
export const createTaskWatch = (docker: Docker): TaskWatch => {
  const waiters = new Set<Waiter>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isLooking = false

  const schedule = () => {
    clearTimeout(timer)
    if (isLooking || waiters.size === 0) return
    const dueAt = Math.min(...[...waiters].map((waiter) => waiter.dueAt))
    timer = setTimeout(look, Math.max(0, dueAt - performance.now()))
  }

  const look = async () => {
    isLooking = true
    const soon = performance.now() + STARTING_PACE_MS / 2
    const due = [...waiters].filter(({ dueAt }) => dueAt <= soon)
    for (const waiter of due) waiters.delete(waiter)
    try {
      const { tasks, troubles } = await tasksByService(
        docker,
        due.map(({ serviceName }) => serviceName),
      )
      for (const { serviceName, resolve, reject } of due) {
        const trouble = troubles.get(serviceName)
        if (trouble) reject(trouble)
        else resolve(tasks.get(serviceName) ?? [])
      }
    } catch (error) {
      for (const { reject } of due) reject(error)
    }
    isLooking = false
    schedule()
  }

  return (serviceName, { paceMs, signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const waiter = { serviceName, dueAt: performance.now() + paceMs, resolve, reject }
      const leave = () => {
        waiters.delete(waiter)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiter.resolve = (tasks) => {
        signal.removeEventListener('abort', leave)
        resolve(tasks)
      }
      waiter.reject = (error) => {
        signal.removeEventListener('abort', leave)
        reject(error)
      }
      waiters.add(waiter)
      schedule()
    })
}

/** Tasks by service name, and for each service whose tasks could not be read, the error. */
type FoundTasks = {
  tasks: ReadonlyMap<string, Task[]>
  troubles: ReadonlyMap<string, DockerError>
}

/**
 * Lists the tasks of many services of ours in one look. Tasks that are not ours are left out. A service that is
 * too large does not hide the others.
 */
export const tasksByService = async (
  docker: Docker,
  serviceNames: readonly string[],
  signal?: AbortSignal,
): Promise<FoundTasks> => {
  const names = [...new Set(serviceNames)]
  const { items, unread } = await tasksOfServices(docker, {
    serviceNames: names,
    keepsLabel: isOurLabel,
    signal,
  })
  const labelled = items.map((task) => ({
    task,
    labels: readLabels(task.Spec.ContainerSpec?.Labels),
  }))
  const byName = Map.groupBy(labelled, ({ labels }) => labels?.serviceName ?? '')
  byName.delete('')
  return {
    tasks: new Map([...byName].map(([name, own]) => [name, own.map(({ task }) => task)])),
    troubles: new Map(
      unread.flatMap(({ filters, error }) =>
        (filters['name'] ?? []).map((name) => [name.slice(0, -1), error]),
      ),
    ),
  }
}
