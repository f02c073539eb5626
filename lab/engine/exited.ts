import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** True once a process is gone, by itself or by a signal. */
export function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Resolves when a process has ended, also if it ended before. Keeps this process alive until then. */
export async function exited(child: ChildProcess): Promise<void> {
  if (hasExited(child)) return
  child.ref()
  await once(child, 'exit')
}
