import { readFileSync } from 'node:fs'

/**
 * When a process was started, in ticks since the start of the machine (proc_pid_stat(5), field 22). Undefined
 * if there is no such process. With it, a process id cannot be confused with that of a later process.
 */
export const processStart = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may have blanks. A process that has ended and waits for its parent counts as
    // gone.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : rest[18]
  } catch {
    return undefined
  }
}
