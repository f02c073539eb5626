import type { Task } from '../../docker/tasks.ts'

/** The task that Swarm made last; its list is in no order. */
export const newestTask = (tasks: readonly Task[]): Task | undefined =>
  tasks.reduce<Task | undefined>(
    (newest, task) => (newest && isOlder(task, newest) ? newest : task),
    undefined,
  )

/** Says whether Swarm made one task before another. */
export const isOlder = (a: Task, b: Task): boolean => compareTime(a.CreatedAt, b.CreatedAt) < 0

/** RFC 3339 with up to nine digits: milliseconds decide, then the digits, of which Go drops trailing zeros. */
const compareTime = (a: string, b: string): number => {
  const digits = (time: string) => (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(9, '0')
  return Date.parse(a) - Date.parse(b) || digits(a).localeCompare(digits(b))
}
