import { readFileSync } from 'node:fs'

/**
 * When a process was started, in ticks since the machine was (proc_pid_stat(5), field 22), or undefined where there is
 * none: with it, a process id can't be mistaken for that of a later process.
 */
export const processStart = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold blanks; a process that has ended and waits for its parent is gone.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : rest[18]
  } catch {
    return undefined
  }
}
