import type { Task } from '../../docker/tasks.ts'

/** The task that Swarm created last. The Engine's list has no order. */
export const newestTask = (tasks: readonly Task[]): Task | undefined =>
  tasks.reduce<Task | undefined>(
    (newest, task) => (newest && isOlder(task, newest) ? newest : task),
    undefined,
  )

/** Returns whether Swarm created task `a` before task `b`. */
export const isOlder = (a: Task, b: Task): boolean => compareTime(a.CreatedAt, b.CreatedAt) < 0

/**
 * Compares times of RFC 3339 with up to nine digits: first the milliseconds, then all digits. Go leaves out
 * trailing zeros.
 */
const compareTime = (a: string, b: string): number => {
  const digits = (time: string) => (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(9, '0')
  return Date.parse(a) - Date.parse(b) || digits(a).localeCompare(digits(b))
}
