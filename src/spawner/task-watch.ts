import type { Docker } from '../docker/docker.ts'
import { listTasks, type Task } from '../docker/tasks.ts'
import { readLabels } from './labels.ts'

/**
 * The pace of looks while something is starting. Swarm's managers commit what the nodes report every 100 ms, so
 * that a shorter pace shows nothing sooner.
 */
export const STARTING_PACE_MS = 100

/** How many names go into one request: 200 keep its path below the 8 KB that proxies allow. */
const MAX_NAMES = 200

/** Takes a look at the tasks of one service, `paceMs` after the last look at the earliest; throws as listTasks does. */
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

/** Makes a TaskWatch: everybody who waits shares one request. */
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
      const tasks = await tasksByService(
        docker,
        due.map(({ serviceName }) => serviceName),
      )
      for (const { serviceName, resolve } of due) resolve(tasks.get(serviceName) ?? [])
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

/** Lists the tasks of many services of ours at once, by service name; foreign tasks are left out. */
export const tasksByService = async (
  docker: Docker,
  serviceNames: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Task[]>> => {
  const names = [...new Set(serviceNames)].map((name) => `${name}.`)
  const lists = await Promise.all(
    chunk(names, MAX_NAMES).map((name) => listTasks(docker, { filters: { name }, signal })),
  )
  const labelled = lists.flat().map((task) => ({
    task,
    labels: readLabels(task.Spec.ContainerSpec?.Labels),
  }))
  const byName = Map.groupBy(labelled, ({ labels }) => labels?.serviceName ?? '')
  byName.delete('')
  return new Map([...byName].map(([name, own]) => [name, own.map(({ task }) => task)]))
}

const chunk = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
